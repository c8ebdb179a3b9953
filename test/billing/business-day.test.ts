import { expect, it } from 'vitest'
import { addDays, dayOf } from '../../workers/billing/business-day.ts'

it.each([
  ['2026-12-31T22:59:59Z', 'Europe/Berlin', '2026-12-31'],
  ['2026-12-31T23:00:00Z', 'Europe/Berlin', '2027-01-01'],
  ['2026-06-30T22:00:00Z', 'Europe/Berlin', '2026-07-01'],
  ['2026-03-01T04:59:59Z', 'America/New_York', '2026-02-28'],
  ['0999-01-01T00:00:00Z', 'UTC', '0999-01-01'],
])('%s in %s is %s', (instant, timeZone, day) => {
  expect(dayOf(instant, timeZone)).toBe(day)
})

it.each([
  ['2026-01-31', 30, '2026-03-02'],
  ['2024-02-28', 1, '2024-02-29'],
  ['2026-03-28', 2, '2026-03-30'],
  ['2026-12-31', 0, '2026-12-31'],
])('%s and %i days is %s', (day, days, later) => {
  expect(addDays(day, days)).toBe(later)
})
