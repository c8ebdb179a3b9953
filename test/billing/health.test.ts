import { expect, it } from 'vitest'
import { degradedReasons } from '../../workers/billing/health.ts'
import type { PullRun, SyncState } from '../../workers/billing/pull-run.ts'

const well: SyncState = {
  token: null,
  lastRun: null,
  lastSuccessAt: null,
  lagSeconds: null,
  agreedUpTo: null,
  agreedAt: null,
  orphaned: [],
  quarantined: [],
  runs: [],
}

it('billing is well before its first run, and while a pull is a few minutes late', () => {
  expect(degradedReasons(well)).toEqual([])
  expect(degradedReasons({ ...well, lagSeconds: 300 })).toEqual([])
})

it('names a pull that has not succeeded for more than five minutes', () => {
  expect(degradedReasons({ ...well, lagSeconds: 301 })).toEqual(['The last pull that succeeded is 301 seconds old'])
})

it('names a failed run until one has succeeded, whatever runs now', () => {
  expect(degradedReasons({ ...well, runs: [aRun('running'), aRun('failed')] })).toEqual(['The last pull failed'])
  expect(degradedReasons({ ...well, runs: [aRun('ok'), aRun('failed')] })).toEqual([])
})

it('counts what is in quarantine and what is orphaned', () => {
  const quarantined = [{ number: 7, error: '/currency: Unknown', attempts: 1 }]
  expect(degradedReasons({ ...well, quarantined, orphaned: [3, 4] })).toEqual([
    'Orders that cannot be read: 1',
    'Orders that ordering no longer has: 2',
  ])
})

function aRun(outcome: PullRun['outcome']): PullRun {
  return {
    runId: 'run',
    runBy: 'cron',
    startedAt: '2026-01-01T00:00:00Z',
    finishedAt: outcome === 'running' ? null : '2026-01-01T00:00:01Z',
    outcome,
    created: 0,
    changed: 0,
    removed: 0,
    unchanged: 0,
    quarantined: 0,
    pages: 0,
    token: null,
    error: null,
  }
}
