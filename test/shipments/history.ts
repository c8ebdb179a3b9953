import type { BindingFault, DatabaseFault } from '../../shared/simulator/fault.ts'
import { dropMoment, keepMoment, restoreMoment } from '../../shared/simulator/moment.ts'
import { type Random, seededRandom } from '../../shared/simulator/random.ts'
import type { HistoryResult } from '../simulate/history.ts'
import type { Shipment } from '../examples/shipments/shipment.ts'
import type { ShipmentWorker, Shipments } from './world.ts'

/** One history: both apps, the chances that drive it, and what was seen in it. */
type World = Shipments & {
  random: Random
  tell: (line: string) => void
  /** How many moments each side can be put back to. */
  moments: Record<'warehouse' | 'care', number>
  /** What a copy was when it was looked at last, by its key. */
  seen: Map<number, { epoch: string; revision: number }>
  clockMs: number
  barcodes: number
  pulls: number
  /** What was injected, by kind. */
  injected: Map<string, number>
}
type Step = { weight: number; act: (world: World) => Promise<unknown> }

const STEPS = { shortest: 14, longest: 28 }
const SIDES = ['warehouse', 'care'] as const
const DATABASE_FAULTS = ['refuse', 'lose-answer', 'land-late'] as const
const BINDING_FAULTS: readonly [BindingFault, ...BindingFault[]] = [
  { kind: 'throw' },
  { kind: 'lose-answer' },
  { kind: 'half' },
  { kind: 'answer', status: 503, body: 'overloaded', contentType: 'text/plain' },
]
const PATHS = ['', '/shipments?', '/shipments/', '/digest', '/fingerprints', '/notices'] as const
const STATEMENTS = {
  warehouse: ['', 'numbering = 1', 'UPDATE shipments ', 'insert into "shipments"', 'insert into "parcels"'],
  care: [
    '',
    'UPDATE shipment_pull SET token',
    'INSERT INTO shipment_copies',
    'INSERT INTO calls',
    'shipment_quarantine',
  ],
} as const
/** The most backups of a side that are kept: each holds a further copy of all tables. */
const MOST_MOMENTS = 4
/** What faults are aimed at, a line each. Each has to be struck now and then. */
export const TARGETS: readonly string[] = [
  ...PATHS.map((path) => nameTarget('relay', path)),
  ...SIDES.flatMap((side) => STATEMENTS[side].map((text) => nameTarget(side, text))),
]
const DISPATCHED_AT = '2026-03-01T12:00:00Z'
const MOST_ROUNDS = 60
/** Longer than the longest pause of a record in quarantine, and than a comparison keeps away. */
const ROUND_MS = 61 * 60_000

const ACTIONS: readonly [Step, ...Step[]] = [
  { weight: 9, act: create },
  { weight: 8, act: dispatch },
  { weight: 4, act: deliver },
  { weight: 4, act: readdress },
  { weight: 6, act: putParcel },
  { weight: 3, act: withdraw },
  { weight: 5, act: changeBySql },
  { weight: 2, act: spoil },
  { weight: 2, act: correct },
  { weight: 14, act: pull },
  { weight: 5, act: followLink },
  { weight: 3, act: compare },
  { weight: 2, act: reset },
  { weight: 2, act: retry },
  { weight: 3, act: failBinding },
  { weight: 4, act: failDatabase },
  { weight: 3, act: landLate },
  { weight: 2, act: crashSequencer },
  { weight: 3, act: backUp },
  { weight: 4, act: restore },
  { weight: 6, act: atOnce },
]

/**
 * Lives one history through, as the seed decides it: writes, pulls and faults; then the faults end, what was spoiled is
 * corrected, pulls run to the end, and the guarantees are checked. `tell` is handed each step in words.
 */
export async function runShipmentHistory(
  shipments: Shipments,
  seed: number,
  tell: (line: string) => void,
): Promise<HistoryResult> {
  await shipments.reset()
  const world: World = {
    ...shipments,
    random: seededRandom(seed),
    tell,
    moments: { warehouse: 0, care: 0 },
    seen: new Map(),
    clockMs: 0,
    barcodes: 0,
    pulls: 0,
    injected: new Map(),
  }
  for (const side of SIDES) await backUpSide(world, side)
  const steps = world.random.between(STEPS.shortest, STEPS.longest)
  let failures: string[] = []
  const aimedAt = world.random.below(STEPS.shortest)
  for (let step = 0; step < steps && failures.length === 0; step += 1) {
    await (step === aimedAt ? failAtItsPoint(world, seed) : act(world))
    failures = await look(world)
  }
  if (failures.length === 0) failures = (await settle(world)) ?? (await findDisagreements(world))
  const [shipped] = await shipments.warehouse.sql<{ count: number }>('SELECT count(*) AS count FROM shipments')
  const { pulls, injected } = world
  return { seed, steps, failures, injected, struck: await listStruck(world), orders: shipped?.count ?? 0, pulls }
}

async function listStruck(world: World): Promise<Set<string>> {
  const struck = new Set<string>()
  for (const where of ['relay', ...SIDES] as const) {
    for (const text of await world[where].listStruck()) struck.add(nameTarget(where, text))
  }
  return struck
}

function nameTarget(where: 'relay' | (typeof SIDES)[number], text: string): string {
  return `${where}: ${text === '' ? 'anything' : text}`
}

async function act(world: World): Promise<void> {
  const { act: step } = world.random.weigh(ACTIONS)
  world.tell(step.name)
  await step(world)
}

/** Plants the fault that is the seed's, and does what comes by there. */
async function failAtItsPoint(world: World, seed: number): Promise<void> {
  const { warehouse, care, relay, random } = world
  const target = TARGETS[seed % TARGETS.length] ?? ''
  const [where = '', text = ''] = target.split(': ')
  const matching = text === 'anything' ? '' : text
  world.tell(`fails at ${target}`)
  await create(world)
  await warehouse.sql(
    `UPDATE shipments SET state = 'Dispatched', dispatched_at = ? WHERE state = 'Packing'`,
    DISPATCHED_AT,
  )
  if (where === 'relay') await relay.fail({ ...random.choose(BINDING_FAULTS), matching })
  else await (where === 'care' ? care : warehouse).failDatabase({ kind: random.choose(DATABASE_FAULTS), matching })
  await putParcel(world)
  await create(world)
  await world.run()
  await followLink(world)
  await warehouse.sql(`UPDATE shipments SET recipient = '' WHERE dispatched_at IS NOT NULL`)
  await world.run()
  await world.run()
  await correct(world)
  await world.run()
  await care.sql('UPDATE shipment_copies SET revision = revision WHERE orphaned = 0')
  await compare(world)
}

/** What an app answers while faults are planted is not judged: what it leaves is. */
async function ask(worker: ShipmentWorker, method: string, path: string, body?: object): Promise<void> {
  await (await worker.send(method, path, body)).arrayBuffer()
}

/** Small, so that several things happen to one shipment. */
function pickId({ random }: Pick<World, 'random'>): number {
  return random.between(1, 6)
}

async function create(world: World): Promise<void> {
  world.barcodes += 1
  await ask(world.warehouse, 'POST', '/shipments', { recipient: 'Nora', address: `Street ${world.barcodes}` })
}

async function dispatch(world: World): Promise<void> {
  await ask(world.warehouse, 'POST', `/shipments/${pickId(world)}/dispatch`)
}

async function deliver(world: World): Promise<void> {
  await ask(world.warehouse, 'POST', `/shipments/${pickId(world)}/deliver`)
}

async function withdraw(world: World): Promise<void> {
  await ask(world.warehouse, 'DELETE', `/shipments/${pickId(world)}`)
}

async function followLink(world: World): Promise<void> {
  await ask(world.care, 'GET', `/shipments/${pickId(world)}`)
}

async function compare({ care }: World): Promise<void> {
  await ask(care, 'POST', '/sync/compare')
}

async function reset({ care }: World): Promise<void> {
  await ask(care, 'POST', '/sync/reset', { token: null })
}

async function retry(world: World): Promise<void> {
  await ask(world.care, 'POST', '/sync/retry', { subject: `shipment:${pickId(world)}` })
}

async function landLate({ warehouse, care }: World): Promise<void> {
  await Promise.all([warehouse.landLate(), care.landLate()])
}

async function crashSequencer({ warehouse }: World): Promise<void> {
  await warehouse.command('/crash', null)
}

async function readdress(world: World): Promise<void> {
  const address = `Street ${(world.barcodes += 1)}`
  await ask(world.warehouse, 'PUT', `/shipments/${pickId(world)}`, { recipient: 'Nora', address })
}

/** A parcel that is new, weighed again, or moved to another shipment. */
async function putParcel(world: World): Promise<void> {
  const barcode = `P${world.random.between(1, 6)}`
  await ask(world.warehouse, 'POST', `/shipments/${pickId(world)}/parcels`, { barcode, grams: (world.barcodes += 1) })
}

async function changeBySql(world: World): Promise<void> {
  const id = pickId(world)
  const parcel = `P${world.random.between(1, 6)}`
  type Change = [query: string, ...values: (string | number)[]]
  const [query, ...values] = world.random.choose<Change>([
    ['UPDATE shipments SET address = address || ? WHERE id = ?', 'x', id],
    ['UPDATE shipments SET shelf = ? WHERE id = ?', 'A1', id],
    ['DELETE FROM parcels WHERE barcode = ?', parcel],
    [
      'UPDATE parcels SET shipment_id = ? WHERE barcode = ? AND EXISTS (SELECT 1 FROM shipments WHERE id = ?1)',
      id,
      parcel,
    ],
    [
      'INSERT OR REPLACE INTO parcels (barcode, shipment_id, grams) SELECT ?, id, 7 FROM shipments WHERE id = ?',
      parcel,
      id,
    ],
  ])
  await world.warehouse.sql(query, ...values)
}

/** No reader can take a shipment without a recipient. */
async function spoil(world: World): Promise<void> {
  await world.warehouse.sql(`UPDATE shipments SET recipient = '' WHERE id = ?`, pickId(world))
}

async function correct({ warehouse }: World): Promise<void> {
  await warehouse.sql(`UPDATE shipments SET recipient = 'Nora' WHERE recipient = ''`)
}

async function pull(world: World): Promise<void> {
  const { care, random } = world
  world.pulls += 1
  if (random.percent(30)) await care.sql('UPDATE shipment_pull SET lease_until = 0')
  await ask(care, 'POST', '/sync/run')
}

async function failBinding({ relay, random, injected }: World): Promise<void> {
  const fault = random.choose(BINDING_FAULTS)
  count(injected, `binding: ${fault.kind}`)
  await relay.fail({ ...fault, matching: random.choose(PATHS), times: random.between(1, 3) })
}

async function failDatabase(world: World): Promise<void> {
  const side = world.random.choose(SIDES)
  const fault: DatabaseFault = {
    kind: world.random.choose(DATABASE_FAULTS),
    matching: world.random.pick<string>(STATEMENTS[side]) ?? '',
    after: world.random.between(0, 2),
    times: world.random.between(1, 2),
  }
  count(world.injected, `database of ${side}: ${fault.kind}`)
  await world[side].failDatabase(fault)
}

function count(injected: Map<string, number>, kind: string): void {
  injected.set(kind, (injected.get(kind) ?? 0) + 1)
}

async function backUp(world: World): Promise<void> {
  await backUpSide(world, world.random.choose(SIDES))
}

async function backUpSide(world: World, side: (typeof SIDES)[number]): Promise<void> {
  if (world.moments[side] === MOST_MOMENTS) return
  world.moments[side] += 1
  await dropMoment(world[side], world.moments[side])
  await keepMoment(world[side], world.moments[side])
}

/** Puts either database, or both, back to one of its backups; the sequencer stays. */
async function restore(world: World): Promise<void> {
  const sides = world.random.percent(25) ? SIDES : [world.random.choose(SIDES)]
  for (const side of sides) {
    await restoreMoment(world[side], world.random.between(1, world.moments[side]))
    if (side === 'care') world.seen.clear()
  }
}

/** Two things that happen at the same time. */
async function atOnce(world: World): Promise<void> {
  const pairs: [Step['act'], Step['act']][] = [
    [pull, pull],
    [pull, changeBySql],
    [pull, putParcel],
    [pull, dispatch],
  ]
  const [one, other] = world.random.pick(pairs) ?? [pull, pull]
  await Promise.all([one(world), other(world)])
}

type Copy = { id: number; revision: number; epoch: string; deleted: 0 | 1; orphaned: 0 | 1; record: string }

/** What may never be seen, whatever goes on: an older revision over a newer one of the same epoch, a number that two have. */
async function look({ care, warehouse, seen }: World): Promise<string[]> {
  const broken: string[] = []
  for (const { id, revision, epoch } of await care.sql<Copy>('SELECT id, revision, epoch FROM shipment_copies')) {
    const before = seen.get(id)
    if (before?.epoch === epoch && before.revision > revision) {
      broken.push(`the copy of shipment ${id} went back from revision ${before.revision} to ${revision}`)
    }
    seen.set(id, { epoch, revision })
  }
  const twice = await warehouse.sql<{ nr: number }>(
    'SELECT sequence_nr AS nr FROM shipments WHERE sequence_nr > 0 GROUP BY 1 HAVING count(*) > 1',
  )
  return [...broken, ...twice.map(({ nr }) => `two shipments have the number ${nr}`)]
}

/** Ends the faults and pulls until runs find nothing more to do; returns what is still going on if that never comes. */
async function settle(world: World): Promise<string[] | undefined> {
  const { warehouse, care, relay } = world
  await Promise.all([warehouse.failDatabase(), care.failDatabase(), relay.fail()])
  await Promise.all([warehouse.landLate(), care.landLate()])
  await correct(world)
  let last = ''
  for (let round = 0, quiet = 0; round < MOST_ROUNDS; round += 1) {
    world.clockMs += ROUND_MS
    await Promise.all([warehouse, care].map((worker) => worker.command('/clock', { offsetMs: world.clockMs })))
    const run = await world.run()
    const [state] = await care.sql(
      `SELECT repair, compared_at IS agreed_at AS agreed, (SELECT count(*) FROM shipment_outbox WHERE pending = 1) AS unsent
      FROM shipment_pull`,
    )
    const isIdle = run.outcome === 'ok' && run.created === 0 && run.changed === 0 && run.removed === 0
    quiet = isIdle && state?.['repair'] === null && state['agreed'] === 1 && state['unsent'] === 0 ? quiet + 1 : 0
    if (quiet === 2) return undefined
    last = JSON.stringify({ ...run, ...state })
  }
  return [`pulls do not come to an end: ${last}`]
}

/** Where the two sides differ once everything has settled. */
async function findDisagreements({ warehouse, care }: World): Promise<string[]> {
  const published = await warehouse.sql<Record<string, unknown> & { id: number; parcels: string }>(
    `SELECT id, state, revision, dispatched_at AS dispatchedAt, recipient, address, fingerprint, (
        SELECT json_group_array(json_object('barcode', barcode, 'grams', grams) ORDER BY barcode)
        FROM parcels WHERE shipment_id = o.id
      ) AS parcels
    FROM shipments o WHERE dispatched_at IS NOT NULL ORDER BY id`,
  )
  const copies = await care.sql<Copy>('SELECT * FROM shipment_copies WHERE orphaned = 0 ORDER BY id')
  const theirs = published.map(({ parcels, ...row }) => ({ ...row, parcels: JSON.parse(parcels) as unknown }))
  const ours = copies.map(({ record }) => {
    const { sequenceNr: _place, ...content } = JSON.parse(record) as Shipment
    return content
  })
  const byId = new Map(ours.map((copy) => [copy.id, copy]))
  const broken = theirs
    .filter((row) => sorted(row) !== sorted(byId.get(row.id) ?? {}))
    .map((row) => `shipment ${row.id} is ${sorted(row)} in the warehouse and ${sorted(byId.get(row.id) ?? {})} in care`)
  if (theirs.length !== ours.length) broken.push(`${theirs.length} shipments are published and care has ${ours.length}`)
  const flags = copies.filter(
    ({ deleted, record }) => ((JSON.parse(record) as Shipment).state === 'Withdrawn') !== (deleted === 1),
  )
  broken.push(...flags.map(({ id }) => `the copy of shipment ${id} says wrongly whether it is deleted`))
  const [waiting] = await care.sql<{ open: number }>(
    'SELECT count(*) AS open FROM shipment_quarantine WHERE closed_at IS NULL',
  )
  if (waiting?.open !== 0) broken.push(`${waiting?.open} records wait in quarantine`)
  const calls = await care.sql<{ id: number }>('SELECT shipment_id AS id FROM calls')
  const called = new Set(calls.map(({ id }) => id))
  for (const { id, state } of ours) {
    if ((state === 'Delivered') === called.has(id)) continue
    broken.push(`shipment ${id} is ${state}, and its call does not follow`)
  }
  return broken
}

/** The members by name, so that their sequence says nothing. */
function sorted(record: object): string {
  return JSON.stringify(Object.fromEntries(Object.entries(record).toSorted(([one], [other]) => (one < other ? -1 : 1))))
}
