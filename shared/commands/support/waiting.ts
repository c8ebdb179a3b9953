import { setTimeout as wait } from 'node:timers/promises'

/**
 * Waits until `isSo` says yes, and asks it again and again; returns false once the time is over, and throws what it throws.
 * @param withinMs left out: for as long as it takes
 */
export async function waitUntil(
  isSo: () => Promise<boolean>,
  { everyMs, withinMs = Number.POSITIVE_INFINITY }: { everyMs: number; withinMs?: number },
): Promise<boolean> {
  const deadline = Date.now() + withinMs
  while (!(await isSo())) {
    if (Date.now() > deadline) return false
    await wait(everyMs)
  }
  return true
}
