/** The clocks of machines that work together differ by less than this. */
const MOST_SKEW_MS = 60_000

/** The instant `ms` milliseconds after another one, or before it where they are negative. ISO 8601, UTC. */
export function shiftInstant(instant: string, ms: number): string {
  return new Date(Date.parse(instant) + ms).toISOString()
}

/**
 * Whether a span of this length, which began at `at`, is over. A beginning that lies ahead was written by a clock that was
 * ahead: it counts for its length at most, or it would hold up what waits for its end until that day.
 */
export function isOver(at: string, lengthMs: number, now: string): boolean {
  return Math.abs(Date.parse(now) - Date.parse(at)) >= lengthMs
}

/** From an instant on, and up to another. */
export type Span = { from: string; until: string }

/** The instants that are less than a length away from `now`: what is dated within it is not over, as `isOver` says. */
export function spanAround(now: string, lengthMs: number): Span {
  return { from: shiftInstant(now, -lengthMs), until: shiftInstant(now, lengthMs) }
}

/** Whether a clock that was ahead has written the instant: it lies further ahead than clocks differ. */
export function isAhead(at: string, now: string): boolean {
  return Date.parse(at) - Date.parse(now) > MOST_SKEW_MS
}
