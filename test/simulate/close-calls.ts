import { IS_POISONED } from '../../shared/simulator/guarantees/findings.ts'
import { pickOrderNumber, type World } from '../../shared/simulator/world.ts'
import type { RunResult, SyncReport } from '../../workers/billing/sync/answers.ts'
import { compare, type DoneReset, followLink, pull, reset } from './billing-steps.ts'
import { backUp, expireLease, leaveLeaseAhead, putBack, runAhead } from './fault-steps.ts'
import { hold } from './interleave.ts'
import { cron, NUMBERING, ONE_ORDER, PAGE, STORED_PAGE } from './interruptions.ts'
import { amend, confirm, place } from './ordering-steps.ts'
import { restoreOrphans } from './orphan-steps.ts'
import { poison, refuseOrder, tamperWithCopy } from './sql-steps.ts'

/** What one mechanism alone stands against. By chance it happens too seldom, so it is made on purpose. */
type CloseCall = (world: World) => Promise<void>

/** A run stores as many pages as this at the most. */
const MOST_PAGES = 20

/** Compare-and-set on run and token: a page that was read before billing is restored is to be stored after it. */
const storeBatchAfterRestore: CloseCall = async (world) => {
  await backUp(world)
  const moment = world.moments
  await place(world)
  await pull(world)
  await place(world)
  await stopPage(world, () => putBack(world, 'billing', moment))
}

/** The same: a page that was read before the token is reset is to be stored after it. */
const storeBatchAfterReset: CloseCall = async (world) => {
  await place(world)
  let done: DoneReset | undefined
  await stopPage(world, async () => {
    done = await reset(world, false)
  })
  if (done === undefined || done.token === done.tokenBefore) return
  const [row] = await world.billing.sql<{ token: string | null }>('SELECT token FROM order_pull')
  if (row?.token === done.token) return
  world.memory.violations.push(`the token was reset to ${done.token}, and a run that went on made it ${row?.token}`)
}

async function stopPage(world: World, meanwhile: () => Promise<void>): Promise<void> {
  await expireLease(world)
  await hold(world, { act: cron, what: 'a pull', place: STORED_PAGE, kind: 'hold-before' }, meanwhile)
}

/** Retired epochs: an answer that was read before ordering is restored arrives once billing knows the new epoch. */
const learnRetiredEpoch: CloseCall = async (world) => {
  await backUp(world)
  const moment = world.moments
  const number = pickOrderNumber(world)
  await confirm(world, number)
  await place(world)
  await pull(world)
  await place(world)
  await expireLease(world)
  const link = { act: () => followLink(world, number), what: 'a deep link', place: ONE_ORDER }
  const page = { act: cron, what: 'a pull', place: PAGE }
  const stop = world.random.percent(70) ? link : page
  await hold(world, { ...stop, kind: 'hold-after' }, async () => {
    await putBack(world, 'ordering', moment)
    await expireLease(world)
    await place(world)
    await pull(world)
  })
}

/** Expected epoch and number: a numbering that has begun before ordering is restored is done after it. */
const numberAfterRestore: CloseCall = async (world) => {
  const number = pickOrderNumber(world)
  await amend(world, number)
  await backUp(world)
  const moment = world.moments
  // Numbered after the backup with another content than it will have again after the restore.
  await amend(world, number)
  await pull(world)
  await place(world)
  await expireLease(world)
  await hold(world, { act: cron, what: 'a pull', place: NUMBERING, kind: 'hold-before' }, () =>
    putBack(world, 'ordering', moment),
  )
}

/** Quarantine in its page's batch: the batch fails at what sets a record aside. */
const failQuarantine: CloseCall = async (world) => {
  const number = pickOrderNumber(world)
  await poison(world, number)
  const kind = world.random.choose(['refuse', 'lose-answer', 'land-late'])
  await world.billing.failDatabase({ kind, matching: 'INSERT INTO quarantine' })
  world.mayFail = true
  world.inject(`database of billing: ${kind}`)
  world.tell(`the database of billing will fail: ${kind} at INSERT INTO quarantine`)
  await pull(world)
  await expireLease(world)
  await pullAndLookFor(world, number)
}

/**
 * The revision guard, and the quarantine of the newer record: an answer that was read before the order is amended or
 * spoiled arrives after the pull has brought what came of it.
 */
const overtakeLink: CloseCall = async (world) => {
  const number = pickOrderNumber(world)
  await confirm(world, number)
  await expireLease(world)
  const act = (): Promise<void> => followLink(world, number)
  await hold(world, { act, what: 'a deep link', place: ONE_ORDER, kind: 'hold-after' }, async () => {
    if (world.random.percent(60)) await amend(world, number)
    else await poison(world, number)
    await pull(world)
  })
  await pullAndLookFor(world, number)
}

/** Orders that a restore of ordering has lost are restored, and what comes next. */
const loseAndRestore: CloseCall = async (world) => {
  await backUp(world)
  const moment = world.moments
  await place(world)
  await place(world)
  await pull(world)
  await putBack(world, 'ordering', moment)
  await expireLease(world)
  await pull(world)
  await restoreOrphans(world, false)
}

/** What is dated ahead: a comparison, a record that is set aside and a lease, by clocks that were a day or a year ahead. */
const dateAhead: CloseCall = async (world) => {
  const number = pickOrderNumber(world)
  await confirm(world, number)
  await runAhead(world, async () => {
    if (world.random.percent(50)) await refuseOrder(world)
    await amend(world, number)
    await pull(world)
    if (world.random.percent(50)) await compare(world)
  })
  await tamperWithCopy(world)
  if (world.random.percent(50)) await leaveLeaseAhead(world)
}

/** Once a run has come to the feed's end, an order that does not fit has to be named. */
async function pullAndLookFor(world: World, number: number): Promise<void> {
  const answer = await world.billing.send('POST', '/api/sync/run')
  const run = answer.status === 200 ? ((await answer.json()) as RunResult) : undefined
  world.pulls += 1
  world.tell(`pull: ${run?.outcome ?? answer.status}`)
  if (run?.outcome !== 'ok' || run.pages === MOST_PAGES) return
  const [unfit] = await world.ordering.sql(
    `SELECT number FROM orders o WHERE number = ? AND confirmed_at IS NOT NULL AND ${IS_POISONED}`,
    number,
  )
  const sync = await world.billing.fetch('/api/sync')
  if (unfit === undefined || sync.status !== 200) return
  const { quarantined } = (await sync.json()) as SyncReport
  if (quarantined.some((record) => record.number === number)) return
  world.memory.violations.push(`order ${number} cannot be read, and is not named after a run to the feed's end`)
}

const CLOSE_CALLS: readonly [CloseCall, ...CloseCall[]] = [
  storeBatchAfterRestore,
  storeBatchAfterReset,
  learnRetiredEpoch,
  numberAfterRestore,
  failQuarantine,
  overtakeLink,
  loseAndRestore,
  dateAhead,
]

/** Makes one of the close calls. */
export async function callClosely(world: World): Promise<void> {
  await world.random.choose(CLOSE_CALLS)(world)
}
