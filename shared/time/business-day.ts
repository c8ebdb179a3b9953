import { dateFormat } from '../text/formats.ts'

const DAY_MS = 86_400_000
/** A zone is at most 14 hours ahead of UTC and 12 behind it; zones that were further off are within this. */
const MOST_OFFSET_MS = 16 * 3_600_000

/** The day on which an instant falls in a time zone, as YYYY-MM-DD. `timeZone` is an IANA name; throws for any other. */
export function dayOf(instant: string, timeZone: string): string {
  return dayAt(Date.parse(instant), timeZone)
}

function dayAt(ms: number, timeZone: string): string {
  const parts = dateFormat('en', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
    .formatToParts(ms)
    .map(({ type, value }): [string, string] => [type, value])
  const { year = '', month = '', day = '' } = Object.fromEntries(parts)
  return `${year.padStart(4, '0')}-${month}-${day}`
}

/**
 * The instant at which a day (YYYY-MM-DD) begins in a time zone, as ISO 8601 in UTC. Where clocks go forward at midnight
 * that is their first minute after it. A day that the zone left out begins, empty, with the one that follows it.
 */
export function startOfDay(day: string, timeZone: string): string {
  const midnight = Date.parse(`${day}T00:00:00Z`)
  // Searched for and not reckoned from an offset, which is not the same on both sides of the change that may be there.
  let before = midnight - MOST_OFFSET_MS
  let start = midnight + MOST_OFFSET_MS
  while (start - before > 1) {
    const middle = Math.floor((before + start) / 2)
    if (dayAt(middle, timeZone) < day) before = middle
    else start = middle
  }
  return new Date(start).toISOString()
}

/** The day `days` after a day, both as YYYY-MM-DD. */
export function addDays(day: string, days: number): string {
  // Counted in UTC, where every day has 24 hours.
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)
}
