import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CommandFailure } from './command.ts'
import { STATE } from './paths.ts'

const LOCK = join(STATE, 'running.pid')

/** Takes the state for this process, or throws a CommandFailure that names the process which has it. */
export async function takeState(): Promise<void> {
  await refuseWhileRunning()
  await mkdir(STATE, { recursive: true })
  await writeFile(LOCK, String(process.pid))
}

/** Gives the state back. */
export async function giveStateBack(): Promise<void> {
  await rm(LOCK, { force: true })
}

/** Throws a CommandFailure if a start is under way on this state. */
export async function refuseWhileRunning(): Promise<void> {
  const pid = Number(await readFile(LOCK, 'utf8').catch(() => '0'))
  if (!isAlive(pid)) return
  throw new CommandFailure(
    `Waybill runs here already, as process ${pid}: end it first, with Ctrl-C where it was started.`,
  )
}

function isAlive(pid: number): boolean {
  if (pid === 0 || pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Not ours to signal, but there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
