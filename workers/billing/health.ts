import type { SyncState } from './pull-run.ts'

/** A pull comes every minute: one that has not succeeded for this long is no longer merely late. */
const LATE_AFTER_SECONDS = 300

/** What an operator has to look at, each in a sentence without customer data; none when billing is well. */
export function degradedReasons({ runs, lagSeconds, orphaned, quarantined }: SyncState): string[] {
  const lastEnded = runs.find(({ outcome }) => outcome !== 'running')
  const reasons: string[] = []
  if (lastEnded?.outcome === 'failed') reasons.push('The last pull failed')
  if (lagSeconds !== null && lagSeconds > LATE_AFTER_SECONDS) {
    reasons.push(`The last pull that succeeded is ${lagSeconds} seconds old`)
  }
  if (quarantined.length > 0) reasons.push(`Orders that cannot be read: ${quarantined.length}`)
  if (orphaned.length > 0) reasons.push(`Orders that ordering no longer has: ${orphaned.length}`)
  return reasons
}
