import { expect, it } from 'vitest'
import type { HealthLimits, Words } from '../../../shared/handover/consumer/definition.ts'
import { degradedReasons } from '../../../shared/handover/consumer/operator/report.ts'
import type { Vitals } from '../../../shared/handover/consumer/run.ts'

const NOW = '2026-03-01T12:00:00Z'
const WORDS: Words = {
  publisher: 'ordering',
  consumer: 'billing',
  record: 'order',
  aRecord: 'an order',
  records: 'orders',
}
const LIMITS: HealthLimits = { maxLagSeconds: 300, maxAgreementAgeMinutes: 60 }
const BEFORE_THE_FIRST_RUN: Vitals = {
  token: null,
  epoch: null,
  repair: null,
  lastSuccessAt: null,
  lastOutcome: null,
  agreedSince: null,
  drifted: false,
  refusedNotices: 0,
  quarantined: 0,
  orphaned: 0,
}

it('billing is well before its first run, and up to its limits', () => {
  expect(reasonsOf({})).toEqual([])
  expect(reasonsOf({ lastSuccessAt: '2026-03-01T11:55:00Z', agreedSince: '2026-03-01T11:00:00Z' })).toEqual([])
  expect(reasonsOf({}, '2026-03-01T11:55:00Z')).toEqual([])
})

it('names a pull that has not succeeded for longer than the limit', () => {
  expect(reasonsOf({ lastSuccessAt: '2026-03-01T11:54:59Z' })).toEqual(['The last successful pull is 301 seconds old'])
})

it('names a failed run until one has succeeded', () => {
  expect(reasonsOf({ lastOutcome: 'failed' })).toEqual(['The last pull failed'])
  expect(reasonsOf({ lastOutcome: 'ok' })).toEqual([])
})

it('names an order that has waited for its number for longer than the limit', () => {
  expect(reasonsOf({}, '2026-03-01T11:50:00Z')).toEqual(['An order has waited 600 seconds for its number in the feed'])
})

it('names a repair until it has ended', () => {
  expect(reasonsOf({ repair: 'owed' })).toEqual(['Ordering was restored, and the next pull begins a repair'])
  expect(reasonsOf({ repair: 'reading' })).toEqual(['Ordering was restored, and a repair is in progress'])
})

it('names a comparison that found what it could not correct, and an agreement that is too old', () => {
  expect(reasonsOf({ drifted: true, agreedSince: '2026-03-01T10:59:00Z' })).toEqual([
    'The last comparison found orders that differ and could not correct them all',
    'The two sides have not been found to agree for 61 minutes',
  ])
})

it('counts what is in quarantine and what is orphaned', () => {
  expect(reasonsOf({ quarantined: 1, orphaned: 2 })).toEqual([
    'Orders that cannot be read: 1',
    'Orders that ordering no longer has: 2',
  ])
})

function reasonsOf(vitals: Partial<Vitals>, oldestWaitingAt: string | null = null): string[] {
  const lag = { epoch: 'e', waiting: oldestWaitingAt === null ? 0 : 1, oldestWaitingAt, behind: 0 }
  return degradedReasons(WORDS, { ...BEFORE_THE_FIRST_RUN, ...vitals }, lag, LIMITS, NOW)
}
