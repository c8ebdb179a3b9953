import { setTimeout as wait } from 'node:timers/promises'

const TIMEOUT_MS = 60_000

/** Starts a pull every so often, as the Cron Trigger does in a deployment, until the signal ends it. */
export async function tick(billingOrigin: string, everyMs: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const next = wait(everyMs, undefined, { signal }).catch(() => undefined)
    await startPull(billingOrigin, signal)
    await next
  }
}

async function startPull(billingOrigin: string, signal: AbortSignal): Promise<void> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])
  try {
    const answer = await fetch(`${billingOrigin}/cdn-cgi/handler/scheduled?cron=*+*+*+*+*`, { signal: bounded })
    await answer.arrayBuffer()
  } catch {
    // Billing is away, as while wrangler builds it reissue: the next tick asks again, and billing logs its own failures.
  }
}

/** A span in words, as what something happens every: minute, 10 minutes, 5 seconds. */
export function spellSpan(ms: number): string {
  const [number, unit] = ms % 60_000 === 0 ? [ms / 60_000, 'minute'] : [ms / 1_000, 'second']
  return number === 1 ? unit : `${number} ${unit}s`
}
