import { expect, it } from 'vitest'
import { isAhead, isOver, spanAround } from '../../../shared/time/instant.ts'

const NOW = '2026-03-01T12:00:00.000Z'
const HOUR_MS = 3_600_000

it.each([
  ['2026-03-01T11:00:00.001Z', false],
  ['2026-03-01T11:00:00.000Z', true],
  ['2026-03-01T12:59:59.999Z', false],
  ['2026-03-01T13:00:00.000Z', true],
  ['2027-03-01T12:00:00.000Z', true],
])('an hour that began at %s is over at noon: %s', (at, over) => {
  expect(isOver(at, HOUR_MS, NOW)).toBe(over)
})

it('what is dated within the span round now is not over', () => {
  expect(spanAround(NOW, HOUR_MS)).toEqual({ from: '2026-03-01T11:00:00.000Z', until: '2026-03-01T13:00:00.000Z' })
})

it('an instant is ahead once it lies further ahead than the clocks of two machines differ', () => {
  expect(isAhead('2026-03-01T12:01:00.000Z', NOW)).toBe(false)
  expect(isAhead('2026-03-01T12:01:00.001Z', NOW)).toBe(true)
})
