import type { AgreementDigest } from '../../../shared/contract/agreement.ts'

/** What a comparison found and did, as `POST /api/sync/compare` answers it. */
export type Comparison = {
  /** How many orders were compared. */
  compared: number
  /** The orders that differed when both sides had been read twice. */
  differing: number[]
  /** How many of them now say what ordering says. */
  corrected: number
  agreedUpTo: number | null
  agreedAt: string | null
}

/** The ranges whose count or sum of fingerprints differ, the lowest first. */
export function differingRanges(digest: AgreementDigest, ours: AgreementDigest['ranges']): number[] {
  const theirs = new Map(digest.ranges.map(([range, orders, fingerprints]) => [range, { orders, fingerprints }]))
  const differing = new Set<number>()
  for (const [range, orders, fingerprints] of ours) {
    const other = theirs.get(range) ?? { orders: 0, fingerprints: 0 }
    if (other.orders !== orders || other.fingerprints !== fingerprints) differing.add(range)
    theirs.delete(range)
  }
  for (const [range, { orders }] of theirs) if (orders > 0) differing.add(range)
  return [...differing].sort((one, other) => one - other)
}
