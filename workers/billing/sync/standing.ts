import type { SyncReport } from './answers.ts'

/** What is known of what billing has still to read: how many changes, or why that is unknown. */
export type StillToRead = number | 'no_answer' | 'other_history'

/** How billing stands against ordering. `in_step` only where nothing is known, or missing, that speaks against it. */
export type SyncStanding = {
  state: 'degraded' | 'never_run' | 'never_succeeded' | 'not_known' | 'behind' | 'in_step'
  toRead: StillToRead
}

/** The facts that the standing is judged by. */
export type StandingFacts = Pick<SyncReport, 'health' | 'lastRun' | 'lastSuccessAt' | 'waiting' | 'behind'>

/** Judges by all facts at once, so that no sentence of a page contradicts another. */
export function judgeStanding(facts: StandingFacts): SyncStanding {
  const toRead = stillToRead(facts)
  return { state: stateOf(facts, toRead), toRead }
}

function stillToRead({ waiting, behind }: StandingFacts): StillToRead {
  // Both figures come from ordering; what is behind is counted within one history alone.
  if (waiting === null) return 'no_answer'
  return behind === null ? 'other_history' : Math.max(behind, waiting)
}

function stateOf({ health, lastRun, lastSuccessAt }: StandingFacts, toRead: StillToRead): SyncStanding['state'] {
  if (health.length > 0) return 'degraded'
  if (lastRun === null) return 'never_run'
  if (lastSuccessAt === null) return 'never_succeeded'
  if (typeof toRead === 'string') return 'not_known'
  return toRead > 0 ? 'behind' : 'in_step'
}
