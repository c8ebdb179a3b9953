import type { GuaranteeCheck } from './guarantees/check.ts'
import { look, OF_NOW } from './look.ts'
import { moveClocks, type World } from './world.ts'

const MOST_ROUNDS = 60
/** Longer than the longest pause of a record in quarantine, and than a comparison keeps away. */
const ROUND_MS = 61 * 60_000
/** How many runs in a row must find nothing to do. */
const QUIET_ROUNDS = 2

type PullRow = {
  token: string | null
  epoch: string | null
  repair: string | null
  agreed: 0 | 1
  unsent: number
  waiting: number
}

/** Pulls to the end: until runs find nothing more to do. Returns what is still going on if that never comes. */
export async function settle(world: World, check: GuaranteeCheck): Promise<string | undefined> {
  await Promise.allSettled(world.pending.splice(0))
  // A run that was cut off holds the lease until it runs out.
  await world.billing.sql(`UPDATE order_pull SET lease_until = 1 WHERE lease_until ${OF_NOW}`)
  let quiet = 0
  let last = ''
  for (let round = 1; round <= MOST_ROUNDS; round += 1) {
    await moveClocks(world, ROUND_MS)
    world.pulls += 1
    const answer = await world.billing.send('POST', '/api/sync/run')
    if (answer.status !== 200) return `a pull without faults answered ${answer.status}`
    const run = (await answer.json()) as {
      outcome: string
      created: number
      changed: number
      removed: number
      error?: string
    }
    const [state] = await Promise.all([readPull(world), look(world)])
    const idle = run.outcome === 'ok' && run.created + run.changed + run.removed === 0
    const settled = idle && state.repair === null && state.unsent === 0 && state.waiting === 0
    quiet = settled && (state.agreed === 1 || !check.corrected) ? quiet + 1 : 0
    last = JSON.stringify({ ...run, ...state })
    if (quiet === QUIET_ROUNDS) {
      world.tell(`settled after ${round} pulls`)
      return undefined
    }
  }
  return `pulls do not come to an end: ${last}`
}

async function readPull({ billing, ordering }: World): Promise<PullRow> {
  const [[row], [count]] = await Promise.all([
    billing.sql<Omit<PullRow, 'waiting'>>(
      `SELECT token, epoch, repair, compared_at IS agreed_at AS agreed,
        (SELECT count(*) FROM outbox WHERE pending = 1) AS unsent FROM order_pull`,
    ),
    ordering.sql<{ waiting: number }>(
      'SELECT count(*) AS waiting FROM orders WHERE confirmed_sequence_nr = -1 AND confirmed_at IS NOT NULL',
    ),
  ])
  if (row === undefined || count === undefined) throw new Error('Cannot read where the pull stands')
  return { ...row, ...count }
}
