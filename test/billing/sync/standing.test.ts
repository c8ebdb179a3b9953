import { describe, expect, it } from 'vitest'
import type { PullRun } from '../../../workers/billing/sync/answers.ts'
import { judgeStanding, type StandingFacts, type SyncStanding } from '../../../workers/billing/sync/standing.ts'

const NO_RUN: PullRun = {
  runId: 'r',
  runBy: 'cron',
  startedAt: '2026-03-01T08:00:00Z',
  finishedAt: '2026-03-01T08:00:01Z',
  outcome: 'ok',
  created: 0,
  changed: 0,
  removed: 0,
  unchanged: 0,
  quarantined: 0,
  pages: 0,
  token: null,
  error: null,
}
const WELL: StandingFacts = {
  health: [],
  lastRun: NO_RUN,
  lastSuccessAt: '2026-03-01T08:00:01Z',
  waiting: 0,
  behind: 0,
}

describe('judgeStanding', () => {
  it.each<[string, Partial<StandingFacts>, SyncStanding]>([
    ['all was read', {}, { state: 'in_step', toRead: 0 }],
    ['a run goes on', { lastRun: { ...NO_RUN, outcome: 'running' } }, { state: 'in_step', toRead: 0 }],
    ['31 changes are to be read', { behind: 31 }, { state: 'behind', toRead: 31 }],
    ['orders wait for their number', { waiting: 2, behind: 2 }, { state: 'behind', toRead: 2 }],
    ['ordering is silent', { waiting: null, behind: null }, { state: 'not_known', toRead: 'no_answer' }],
    ['ordering has another history', { behind: null }, { state: 'not_known', toRead: 'other_history' }],
    ['no pull has succeeded', { lastSuccessAt: null, behind: 3 }, { state: 'never_succeeded', toRead: 3 }],
    ['no pull has run', { lastRun: null, lastSuccessAt: null }, { state: 'never_run', toRead: 0 }],
    ['something is wrong', { health: ['The last pull failed'], behind: 5 }, { state: 'degraded', toRead: 5 }],
  ])('where %s', (_, facts, standing) => {
    expect(judgeStanding({ ...WELL, ...facts })).toEqual(standing)
  })

  it('says of no combination of facts that billing is in step, but of the one without a doubt', () => {
    const inStep = combinations().filter((facts) => judgeStanding(facts).state === 'in_step')
    expect(combinations()).toHaveLength(144)
    expect(
      new Set(
        inStep.map(({ behind, waiting, health, lastSuccessAt }) =>
          [behind, waiting, health.length, lastSuccessAt].join(),
        ),
      ),
    ).toEqual(new Set(['0,0,0,2026-03-01T08:00:01Z']))
  })

  it('counts what is to be read only where ordering has said so', () => {
    for (const facts of combinations()) {
      const { toRead } = judgeStanding(facts)
      expect(typeof toRead === 'number').toBe(facts.waiting !== null && facts.behind !== null)
    }
  })
})

/** Each combination of what the page is made from. */
function combinations(): StandingFacts[] {
  const runs = [null, NO_RUN, { ...NO_RUN, outcome: 'failed' }, { ...NO_RUN, outcome: 'running' }] as const
  return [[], ['The last pull failed']].flatMap((health) =>
    runs.flatMap((lastRun) =>
      [null, '2026-03-01T08:00:01Z'].flatMap((lastSuccessAt) =>
        [null, 0, 2].flatMap((waiting) =>
          [null, 0, 31].map((behind) => ({ health, lastRun, lastSuccessAt, waiting, behind })),
        ),
      ),
    ),
  )
}
