import type { BindingFault, DatabaseFault } from '../../shared/simulator/fault.ts'
import { applyLast, lastMigrationOf } from '../../shared/simulator/older-database.ts'
import { dropMoment, keepMoment, restoreMoment, restoreOlderMoment } from '../../shared/simulator/moment.ts'
import { moveClocks, type World } from '../../shared/simulator/world.ts'

const BINDING_FAULTS: readonly [BindingFault, ...BindingFault[]] = [
  { kind: 'throw' },
  { kind: 'lose-answer' },
  { kind: 'half' },
  { kind: 'answer', status: 503, body: 'overloaded', contentType: 'text/plain' },
  { kind: 'answer', status: 500, body: '{"type":"/problems/unexpected"}' },
  { kind: 'answer', status: 200, body: '<h1>Sign in</h1>', contentType: 'text/html' },
]
const PATHS = ['', '/orders?', '/orders/', '/digest', '/fingerprints', '/ahead', '/notices', '/restore'] as const
const DATABASE_FAULTS = ['refuse', 'lose-answer', 'land-late'] as const
/** Statements to strike, by what they are for. */
const STATEMENTS = {
  ordering: [
    '',
    'numbering = 1',
    'INSERT INTO orders',
    'UPDATE orders SET external_id',
    'UPDATE feed',
    'INSERT INTO billing_notices',
  ],
  billing: [
    '',
    'UPDATE order_pull SET token',
    'INSERT INTO decisions',
    'INSERT INTO credit_notes',
    'SET witnessed = 1',
    'INSERT INTO epochs',
    'orphaned = 1',
    'INSERT INTO pull_runs',
    'UPDATE outbox',
    `repair = 'reading'`,
    'UPDATE quarantine',
    'INSERT INTO quarantine',
  ],
} as const
const LONGEST_JUMP_MINUTES = 3 * 60
/** The most backups that are kept: each holds a further copy of all tables. */
const MOST_MOMENTS = 12
const YEAR_MS = 366 * 24 * 3_600_000

/** What faults are aimed at, a line each: `billing: UPDATE outbox`, `relay: /digest`. Each has to be struck now and then. */
export const TARGETS: readonly string[] = [
  ...PATHS.map((path) => nameTarget('relay', path)),
  ...STATEMENTS.ordering.map((text) => nameTarget('ordering', text)),
  ...STATEMENTS.billing.map((text) => nameTarget('billing', text)),
]

/** A target as TARGETS has it. */
export function nameTarget(where: 'relay' | 'ordering' | 'billing', text: string): string {
  return `${where}: ${text === '' ? 'anything' : text}`
}

/** Lets the binding fail for a few calls. */
export async function failBinding(world: World): Promise<void> {
  const { random, relay } = world
  const faults = Array.from({ length: random.between(1, 2) }, () => ({
    ...random.choose(BINDING_FAULTS),
    matching: random.choose(PATHS),
    times: random.between(1, 3),
  }))
  await relay.fail(...faults)
  world.mayFail = true
  for (const { kind, matching } of faults) {
    world.inject(`binding: ${kind}`)
    world.tell(`the binding will fail: ${kind} at ${matching === '' ? 'anything' : matching}`)
  }
}

/** Lets a database fail for a few statements. */
export async function failDatabase(world: World): Promise<void> {
  const { random } = world
  const name = random.choose(['ordering', 'billing'])
  const faults = Array.from({ length: random.between(1, 2) }, (): DatabaseFault => ({
    kind: random.choose(DATABASE_FAULTS),
    matching: random.pick<string>(STATEMENTS[name]) ?? '',
    after: random.between(0, 2),
    times: random.between(1, 2),
  }))
  await world[name].failDatabase(...faults)
  world.mayFail = true
  for (const { kind, matching } of faults) {
    world.inject(`database of ${name}: ${kind}`)
    world.tell(`the database of ${name} will fail: ${kind} at ${matching === '' ? 'anything' : matching}`)
  }
}

/** Lets a call or a batch be done twice. */
export async function double(world: World): Promise<void> {
  const { random } = world
  const where = random.choose(['relay', 'ordering', 'billing'])
  const matching = random.pick<string>(where === 'relay' ? PATHS : STATEMENTS[where]) ?? ''
  await world[where].strike({ kind: 'twice', matching })
  world.mayFail = true
  const place = where === 'relay' ? 'binding' : `database of ${where}`
  world.inject(`${place}: done twice`)
  world.tell(`the ${place} will do twice: ${matching === '' ? 'anything' : matching}`)
}

/** Does now what timed out at a database before. */
export async function landLate(world: World): Promise<void> {
  const name = world.random.choose(['ordering', 'billing'])
  await world[name].landLate()
  world.inject(`database of ${name}: landed late`)
  world.tell(`what timed out at the database of ${name} lands`)
}

/** Ends every fault: what is held goes on, what timed out lands. */
export async function endFaults(world: World): Promise<void> {
  const { ordering, billing, relay } = world
  await Promise.all([relay.fail(), ordering.failDatabase(), billing.failDatabase()])
  await Promise.all([relay, ordering, billing].map((worker) => worker.strike()))
  for (const worker of [ordering, billing]) await worker.landLate()
  world.mayFail = false
  world.tell('all faults end')
}

/** Ends a Durable Object at once, with all that it has under way. */
export async function crashObject(world: World): Promise<void> {
  const name = world.random.choose(['ordering', 'billing'])
  await world[name].command('/crash', null)
  world.inject(`crash of the ${name === 'ordering' ? 'sequencer' : 'ledger'}`)
  world.tell(`the ${name === 'ordering' ? 'sequencer' : 'ledger'} crashes`)
}

/** Lets the clocks jump, forward or back, now and then by a year. */
export async function jumpClock(world: World): Promise<void> {
  const { random } = world
  const minutes = random.between(-LONGEST_JUMP_MINUTES / 3, LONGEST_JUMP_MINUTES)
  const ms = random.percent(10) ? YEAR_MS : minutes * 60_000
  await moveClocks(world, ms)
  world.inject('clock jump')
  world.tell(`the clocks jump by ${ms / 60_000} minutes`)
}

/** Lets `act` happen by clocks that are ahead, by a day or a year, which then are right again. */
export async function runAhead(world: World, act: () => Promise<void>): Promise<void> {
  const ms = world.random.choose([YEAR_MS, YEAR_MS / 366])
  await moveClocks(world, ms)
  world.inject('clock ahead')
  world.tell(`the clocks are ahead by ${ms / 60_000} minutes`)
  await act()
  await moveClocks(world, -ms)
  world.tell('the clocks are right again')
}

/** Leaves the lease of a run that was cut off, taken by a database whose clock was a year ahead. */
export async function leaveLeaseAhead(world: World): Promise<void> {
  await world.billing.sql(
    `UPDATE order_pull SET run_id = coalesce(run_id, 'ahead'), run_by = coalesce(run_by, 'cron'),
      run_started_at = coalesce(run_started_at, '2026-10-05T08:00:00.000Z'), lease_until = unixepoch() + ${YEAR_MS / 1000}`,
  )
  world.inject('lease of a clock ahead')
  world.tell('the pull is held by a run that a clock which was ahead let begin')
}

/** Takes the lease from a run as if it had ended long ago: the database's clock jumped, or the run was cut off. */
export async function expireLease(world: World): Promise<void> {
  await world.billing.sql('UPDATE order_pull SET lease_until = 1 WHERE lease_until > 1')
  world.inject('lease ran out')
  world.tell('the lease of the pull runs out')
}

/** Keeps both databases as they are, to put one or both back to it later. */
export async function backUp(world: World): Promise<void> {
  world.moments += 1
  const workers = [world.ordering, world.billing]
  await Promise.all(workers.map((worker) => keepMoment(worker, world.moments)))
  const oldest = world.moments - MOST_MOMENTS
  if (oldest > 0) await Promise.all(workers.map((worker) => dropMoment(worker, oldest)))
  world.tell(`backup ${world.moments} is made of both databases`)
}

/** Puts ordering's database, billing's, or both back to a backup; each to one of its own. */
export async function restore(world: World): Promise<void> {
  const { random, moments } = world
  if (moments === 0) return
  const names = ['ordering', 'billing'] as const
  const one = random.choose(names)
  for (const name of random.percent(25) ? names : names.filter((name) => name === one)) {
    const oldest = Math.max(1, moments - MOST_MOMENTS + 1)
    await putBack(world, name, random.percent(60) ? moments : random.between(oldest, moments))
  }
}

/**
 * Puts a database back to a backup from before its last migration. Its app says so, and a pull does no harm; then the
 * migration is applied again.
 */
export async function restoreOlder(world: World): Promise<void> {
  if (world.moments === 0) return
  const name = world.random.choose(['ordering', 'billing'])
  const migration = lastMigrationOf(name)
  await putBack(world, name, world.moments, 'older')
  const before = await world[name].fetch('/health')
  if (before.status !== 503) world.memory.violations.push(`${name} is ${before.status} on an older database`)
  world.pulls += 1
  const pulled = await world.billing.send('POST', '/api/sync/run')
  world.tell(`${name} is without ${migration}: health ${before.status}, pull ${pulled.status}`)
  await applyLast(world[name], name)
  world.inject(`restore of ${name} across a migration`)
  const { status } = await world[name].fetch('/health')
  if (status !== 200 && !world.mayFail) world.memory.violations.push(`${name} is ${status}, although it was migrated`)
  world.tell(`${migration} is applied again: health ${status}`)
}

/** Puts one database back to a backup; an `older` one is of before the last migration. */
export async function putBack(
  world: World,
  name: 'ordering' | 'billing',
  moment: number,
  release: 'this' | 'older' = 'this',
): Promise<void> {
  if (release === 'this') await restoreMoment(world[name], moment)
  else await restoreOlderMoment(world[name], name, moment)
  world.restores += 1
  if (name === 'billing') world.memory.forgetBilling()
  // A restore that leaves the highest number as it was is found by a comparison alone.
  else world.driftExpected = true
  world.inject(`restore of ${name}`)
  world.tell(`the database of ${name} is put back to backup ${moment}`)
}

/** Lets pages of the feed hold fewer orders, or more. */
export async function resizePages(world: World): Promise<void> {
  const most = world.random.choose([1, 2, 3, 5, 500])
  await world.relay.command('/page-size', { most })
  world.tell(`pages hold ${most} orders at most`)
}
