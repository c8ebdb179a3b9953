import type { Findings } from './findings.ts'
import type { World } from '../world.ts'

/** Guarantee 2 and section 4: places are given once, and the token stands at the feed's end in its epoch. */
export async function checkFeed({ ordering }: World, { theirs, sync }: Findings, broken: string[]): Promise<void> {
  const [feed] = await ordering.sql<{ epoch: string; highest: number; numbering: number }>(
    'SELECT epoch, highest, numbering FROM feed',
  )
  if (feed === undefined) return void broken.push('the row of the feed is gone')
  const places = theirs.map(({ place }) => place)
  if (new Set(places).size !== places.length) broken.push(`two orders share a place: ${places.join()}`)
  const highest = Math.max(0, ...places)
  if (highest > feed.highest) broken.push(`place ${highest} is above the highest, ${feed.highest}`)
  const [epoch, number] = sync.token?.split('.') ?? []
  if (theirs.length === 0 && sync.token === null) return
  if (epoch !== feed.epoch) broken.push(`the token ${sync.token} is not of epoch ${feed.epoch}`)
  if (Number(number) < highest || Number(number) > feed.highest) {
    broken.push(`the token ${sync.token} does not stand at the end, ${highest} to ${feed.highest}`)
  }
}

/** The digests that a comparison trusts are those of the rows. */
export async function checkRanges({ ordering, billing }: World, broken: string[]): Promise<void> {
  const checks = [
    { name: 'ordering', worker: ordering, counted: 'confirmed_at IS NOT NULL' },
    { name: 'billing', worker: billing, counted: 'orphaned = 0' },
  ]
  for (const { name, worker, counted } of checks) {
    const wrong = await worker.sql(
      `SELECT * FROM (
        SELECT number / 256 AS range, count(*) AS orders, coalesce(sum(fingerprint), 0) AS fingerprints
        FROM orders WHERE ${counted} GROUP BY 1
      ) rows FULL JOIN order_ranges r ON r.range = rows.range
      WHERE coalesce(rows.orders, 0) <> coalesce(r.orders, 0)
        OR coalesce(rows.fingerprints, 0) <> coalesce(r.fingerprints, 0)`,
    )
    if (wrong.length > 0) broken.push(`the ranges of ${name} are wrong: ${JSON.stringify(wrong)}`)
  }
}

/** A comparison is the net: where nothing was done behind the apps' backs it has nothing to correct. */
export async function checkDrift({ billing, driftExpected }: World, broken: string[]): Promise<void> {
  if (driftExpected) return
  const corrected = await billing.sql(`SELECT order_number AS number FROM repairs WHERE why = 'drift'`)
  for (const { number } of corrected) {
    broken.push(`the pull missed a change of order ${number}: a comparison had to correct it`)
  }
}
