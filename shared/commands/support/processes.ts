import type { ChildProcess } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'

const END_WITHIN_MS = 5_000

/** Resolves once the process has ended, with its exit code; null if a signal ended it. Throws if it could not begin. */
export function whenEnded(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => child.once('close', resolve).once('error', reject))
}

/** Sends a signal to the child, which leads a process group, and to all that it started. */
export function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, signal)
  } catch {
    // Nothing of the group is left.
  }
}

/** Asks the child's whole process group to end, and makes it end if it does not. */
export async function endGroup(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  signalGroup(child, 'SIGTERM')
  await Promise.race([ended, wait(END_WITHIN_MS, undefined, { ref: false })])
  // Also after it ended well: wrangler may have gone before its workerd.
  signalGroup(child, 'SIGKILL')
  await ended
}
