import type { ShownOrder } from './strike.ts'
import type { World } from './world.ts'

/** A lease that a run has taken; not one that ran out, nor one that a clock which was ahead has dated. */
export const OF_NOW = 'BETWEEN 2 AND unixepoch() + 60'

type Copy = { number: number; epoch: string; revision: number }

/** What a watcher may see after every step: the pages that were shown, and that no copy grows older. */
export async function look({ billing, memory, relay }: World): Promise<void> {
  const [shown, [copies = [], pulls = []]] = await Promise.all([
    relay.command('/shown', null),
    billing.batch<Copy>([
      { query: 'SELECT number, epoch, revision FROM orders WHERE fingerprint IS NOT NULL', values: [] },
      { query: 'SELECT epoch FROM order_pull', values: [] },
      // A lease runs out when the simulator says so: a slow machine would otherwise live another history.
      { query: `UPDATE order_pull SET lease_until = unixepoch() + 45 WHERE lease_until ${OF_NOW}`, values: [] },
    ]),
  ])
  memory.seePlaces(shown as ShownOrder[])
  memory.seeCopies(copies)
  memory.seeEpoch(pulls[0]?.epoch ?? null)
}
