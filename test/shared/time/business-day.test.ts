import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { addDays, dayOf, startOfDay } from '../../../shared/time/business-day.ts'

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
  ['2026-01-01', 'UTC', '2026-01-01T00:00:00.000Z'],
  ['2026-01-01', 'Europe/Berlin', '2025-12-31T23:00:00.000Z'],
  ['2026-01-01', 'America/Los_Angeles', '2026-01-01T08:00:00.000Z'],
  ['2026-01-01', 'Pacific/Auckland', '2025-12-31T11:00:00.000Z'],
  // Clocks go forward, and back, on the day itself.
  ['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00.000Z'],
  ['2026-10-25', 'Europe/Berlin', '2026-10-24T22:00:00.000Z'],
  // 00:00 became 01:00.
  ['2024-04-26', 'Africa/Cairo', '2024-04-25T22:00:00.000Z'],
  // 01:00 became 00:00: the first of two midnights.
  ['2025-11-02', 'America/Havana', '2025-11-02T04:00:00.000Z'],
  // Samoa went from 29 to 31 December.
  ['2011-12-30', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
  ['2011-12-31', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
])('%s in %s begins at %s', (day, timeZone, instant) => {
  expect(startOfDay(day, timeZone)).toBe(instant)
})

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'Europe/London',
  'America/Los_Angeles',
  'America/Havana',
  'America/Santiago',
  'Africa/Cairo',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Auckland',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
]

it('puts each instant between the start of its day and that of the next', () => {
  const instants = fc
    .integer({ min: Date.parse('2012-01-01T00:00:00Z'), max: Date.parse('2037-12-31T00:00:00Z') })
    .map((ms) => new Date(ms).toISOString())
  fc.assert(
    fc.property(instants, fc.constantFrom(...ZONES), (instant, timeZone) => {
      const day = dayOf(instant, timeZone)
      const start = startOfDay(day, timeZone)
      expect(start <= instant).toBe(true)
      expect(instant < startOfDay(addDays(day, 1), timeZone)).toBe(true)
      expect(dayOf(start, timeZone)).toBe(day)
      expect(dayOf(new Date(Date.parse(start) - 1).toISOString(), timeZone) < day).toBe(true)
    }),
    { numRuns: 1_000 },
  )
})

it.each([
  ['2026-01-31', 30, '2026-03-02'],
  ['2024-02-28', 1, '2024-02-29'],
  ['2026-03-28', 2, '2026-03-30'],
  ['2026-12-31', 0, '2026-12-31'],
])('%s and %i days is %s', (day, days, later) => {
  expect(addDays(day, days)).toBe(later)
})
