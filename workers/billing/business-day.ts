import { dateFormat } from '../../shared/formats.ts'

const DAY_MS = 86_400_000

/** The day in the business's time zone on which an instant falls, as YYYY-MM-DD. */
export function dayOf(instant: string, timeZone: string): string {
  const parts = dateFormat('en', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
    .formatToParts(new Date(instant))
    .map(({ type, value }): [string, string] => [type, value])
  const { year = '', month = '', day = '' } = Object.fromEntries(parts)
  return `${year.padStart(4, '0')}-${month}-${day}`
}

/** The day `days` after a day, both as YYYY-MM-DD. */
export function addDays(day: string, days: number): string {
  // Counted in UTC, where every day has 24 hours.
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)
}
