import { err, ok, type Result } from '../result.ts'

/** Why a text is no day. `meant`: the days that it may have been meant to say, where one can tell. */
export type DayRefusal = { reason: 'no_such_day'; day: string } | { reason: 'not_year_first'; meant: string[] }

/**
 * A day as a date field sends it, YYYY-MM-DD. A browser without such a field sends whatever was typed: what is written
 * in another sequence is refused with the days that it can mean, never guessed.
 */
export function parseDay(typed: string): Result<string, DayRefusal> {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(typed)) return err({ reason: 'not_year_first', meant: listMeant(typed) })
  return isDay(typed) ? ok(typed) : err({ reason: 'no_such_day', day: typed })
}

/** The refusal in words for whoever typed it. */
export function explainDay(refusal: DayRefusal): string {
  switch (refusal.reason) {
    case 'no_such_day':
      return `There is no day ${refusal.day}`
    case 'not_year_first': {
      const { meant } = refusal
      return `Write the year first: ${meant.length === 0 ? 'YYYY-MM-DD, such as 2026-01-31' : meant.join(' or ')}`
    }
  }
}

function listMeant(typed: string): string[] {
  const [, first = '', mark, second = '', third = ''] = /^(\d{1,4})([-./ ])(\d{1,2})\2(\d{1,4})$/.exec(typed) ?? []
  if (first.length === 4) return [writeDay(first, second, third)].filter(isDay)
  if (third.length !== 4) return []
  const days = [
    writeDay(third, second, first),
    ...(mark === '/' || mark === '-' ? [writeDay(third, first, second)] : []),
  ]
  return [...new Set(days.filter(isDay))]
}

function writeDay(year: string, month: string, day: string): string {
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
}

/** Whether the calendar has the day; there was no year 0. */
function isDay(day: string): boolean {
  const midnight = Date.parse(`${day}T00:00:00Z`)
  return !Number.isNaN(midnight) && !day.startsWith('0000') && new Date(midnight).toISOString().startsWith(day)
}
