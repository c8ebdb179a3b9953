import { IS_POISONED, listRefusals, listRefusedNumbers } from '../../shared/simulator/guarantees/findings.ts'
import type { RunningWorker } from '../../shared/simulator/running-worker.ts'
import { pickOrderNumber, type World } from '../../shared/simulator/world.ts'
import { insertBySql, LINES_BY_SQL } from '../together/sql-orders.ts'

/** An order that an operator's script makes, a few numbers above all that are known. */
export async function insertOrder(world: World): Promise<void> {
  const number = (world.memory.orderNumbers().at(-1) ?? 0) + world.random.between(1, 3)
  try {
    await insertBySql(world.ordering, number)
    world.memory.seeOrderNumber(number)
    world.tell(`insert order ${number} by SQL`)
  } catch {
    // An order that nobody has seen yet has this number.
    world.tell(`insert order ${number} by SQL: its number is taken`)
  }
}

const CHANGES = [
  'UPDATE orders SET note = ? WHERE number = ?',
  `UPDATE orders SET lines = json_replace(lines, '$[0].description', ?) WHERE number = ?`,
  `UPDATE orders SET state = 'Confirmed', note = ? WHERE number = ? AND state = 'Draft'`,
  `UPDATE orders SET state = 'Deleted', note = ? WHERE number = ?`,
  `UPDATE orders SET state = iif(confirmed_at IS NULL, 'Draft', 'Confirmed'), note = ? WHERE number = ?`,
] as const

/** A change that an operator's script makes to an order or its lines. */
export async function changeOrder(world: World): Promise<void> {
  const number = pickOrderNumber(world)
  const query = world.random.choose(CHANGES)
  await world.ordering.sql(query, world.nextText(), number)
  world.tell(`change order ${number} by SQL: ${query.split('WHERE')[0]?.trim()}`)
}

/** What makes an order unfit for the contract, and can only come by SQL. */
const POISONS = [
  `UPDATE orders SET currency = 'ZZZ' WHERE number = ?`,
  `UPDATE orders SET customer = json_remove(customer, '$.name') WHERE number = ?`,
  'UPDATE orders SET note = char(7) WHERE number = ?',
  `UPDATE orders SET placed_at = 'yesterday' WHERE number = ?`,
  `UPDATE orders SET lines = json_replace(lines, '$[0].quantity', 0) WHERE number = ?`,
  `UPDATE orders SET lines = '[]' WHERE number = ?`,
] as const

/** Whether any order is out of contract, or refused by billing's database. */
export async function isAnythingUnfit(world: World): Promise<boolean> {
  const [poisoned] = await world.ordering.sql(`SELECT number FROM orders o WHERE ${IS_POISONED} LIMIT 1`)
  return poisoned !== undefined || (await listRefusedNumbers(world)).length > 0
}

/** Makes an order unfit. */
export async function poison(world: World, number = pickOrderNumber(world)): Promise<void> {
  const query = world.random.choose(POISONS)
  await world.ordering.sql(query, number)
  world.inject('record out of contract')
  world.tell(`poison order ${number}: ${query.split('WHERE')[0]?.trim()}`)
}

/** Corrects an order that was poisoned, or all of them. */
export async function correctPoisoned(world: World, all = false): Promise<void> {
  const rows = await world.ordering.sql<{ number: number }>(`SELECT number FROM orders o WHERE ${IS_POISONED}`)
  const numbers = rows.map(({ number }) => number)
  for (const number of all ? numbers : numbers.slice(0, 1)) {
    await correct(world.ordering, number)
    world.tell(`correct order ${number}`)
  }
}

async function correct(ordering: RunningWorker, number: number): Promise<void> {
  await ordering.sql(
    `UPDATE orders SET currency = 'EUR', customer = json_set(customer, '$.name', 'Corrected'), lines = ?, note = NULL,
      placed_at = '2026-03-01T08:00:00Z' WHERE number = ?`,
    LINES_BY_SQL,
    number,
  )
}

const FORBIDDEN = {
  ordering: [
    'DELETE FROM orders WHERE number = ?',
    `INSERT OR REPLACE INTO orders (number, placed_at, updated_at, updated_by, currency, customer, customer_name_folded)
      SELECT number, placed_at, updated_at, 'sql', currency, customer, 'replaced' FROM orders WHERE number = ?`,
    `UPDATE OR REPLACE orders SET number = (SELECT min(number) FROM orders WHERE number <> ?1) WHERE number = ?1`,
    'UPDATE orders SET confirmed_sequence_nr = 1000000 WHERE number = ?',
  ],
  billing: [
    'DELETE FROM orders WHERE number = ?',
    'DELETE FROM invoices WHERE order_number = ?',
    `INSERT OR REPLACE INTO invoices (id, order_number, created_at)
      SELECT id, order_number, created_at FROM invoices WHERE order_number = ?`,
    `UPDATE invoices SET document = '{}' WHERE order_number = ? AND state = 'Approved'`,
    `UPDATE decisions SET issued_number = 'X' WHERE order_number = ?`,
  ],
} as const

/** Tries what no SQL may do. Where the row is there it has to be refused. */
export async function tryForbidden(world: World): Promise<void> {
  const number = pickOrderNumber(world)
  const name = world.random.choose(['ordering', 'billing'])
  const query = world.random.pick<string>(FORBIDDEN[name]) ?? ''
  const before = await countRows(world[name])
  const refused = await world[name].sql(query, number).then(
    () => false,
    () => true,
  )
  const after = await countRows(world[name])
  if (before !== after) world.memory.violations.push(`SQL took rows away: ${query}`)
  world.tell(
    `try to ${query.slice(0, 40).trim()}… order ${number} in ${name}: ${refused ? 'refused' : 'nothing there'}`,
  )
}

async function countRows(worker: RunningWorker): Promise<string> {
  const [row] = await worker.sql(
    `SELECT (SELECT count(*) FROM orders) || ' orders, ' || coalesce((SELECT total(number) FROM orders), 0) AS found`,
  )
  return String(row?.['found'])
}

const TAMPERINGS = [
  `UPDATE orders SET record = json_set(record, '$.note', 'tampered') WHERE number = ?`,
  'UPDATE orders SET revision = revision + 5 WHERE number = ?',
] as const

/** Changes a copy behind billing's back. */
export async function tamperWithCopy(world: World): Promise<void> {
  const number = pickOrderNumber(world)
  try {
    await world.billing.sql(world.random.choose(TAMPERINGS), number)
  } catch {
    world.tell(`tamper with billing's copy of order ${number}: its database refuses this order`)
    return
  }
  world.driftExpected = true
  world.inject('copy tampered with')
  world.tell(`tamper with billing's copy of order ${number}`)
}

/** Lets billing's database refuse an order by a constraint of its own. */
export async function refuseOrder(world: World): Promise<void> {
  const number = pickOrderNumber(world)
  const refusal = `BEGIN SELECT RAISE(ABORT, 'refused by the simulator'); END`
  await world.billing.batch(
    ['INSERT', 'UPDATE OF record'].map((event, index) => ({
      query: `CREATE TRIGGER IF NOT EXISTS refusal_${number}_${index} BEFORE ${event} ON orders WHEN NEW.number = ${number} ${refusal}`,
      values: [],
    })),
  )
  world.inject('record that the database refuses')
  world.tell(`billing's database refuses order ${number} from now on`)
}

/** Billing's database takes all orders again. */
export async function endRefusals(world: World): Promise<void> {
  const triggers = await listRefusals(world)
  if (triggers.length === 0) return
  await world.billing.batch(triggers.map((name) => ({ query: `DROP TRIGGER ${name}`, values: [] })))
  world.tell("billing's database takes all orders again")
}
