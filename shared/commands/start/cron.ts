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

/** 5s, 2m or 1h in milliseconds; undefined if the text is no such span. */
export function parseSpan(text: string): number | undefined {
  const [, number, unit] = /^(\d+)\s*(s|m|h)$/.exec(text) ?? []
  if (number === undefined) return undefined
  const ms = Number(number) * (unit === 's' ? 1_000 : unit === 'm' ? 60_000 : 3_600_000)
  return ms > 0 && ms <= 86_400_000 ? ms : undefined
}

/** A span in words, as what something happens every: minute, 10 minutes, 5 seconds. */
export function spellSpan(ms: number): string {
  const [number, unit] = ms % 60_000 === 0 ? [ms / 60_000, 'minute'] : [ms / 1_000, 'second']
  return number === 1 ? unit : `${number} ${unit}s`
}
