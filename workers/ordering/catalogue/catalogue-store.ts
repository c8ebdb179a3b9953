import { sql, type SQL } from 'drizzle-orm'
import type { Customer } from '../../../shared/contract/order.ts'
import { rowsOf } from '../../../shared/db/d1.ts'
import type { AuditedBy } from '../edge/request-context.ts'
import { auditCatalogue } from '../records/audit-store.ts'
import type { OrderingDb } from '../db.ts'
import { elementsOf } from '../../../shared/db/json-elements.ts'
import { searchable, searchedForms, sortKey } from '../../../shared/text/fold.ts'
import type { Product } from './product.ts'
import {
  type CustomerErased,
  digestCustomer,
  isNotErased,
  readDigestKey,
  selectTombstones,
  toTombstones,
} from '../records/erased-customer-store.ts'

/** What saving records has done: how many there were not, how many were otherwise, and how many were the same. */
export type SaveOutcome = { created: number; changed: number; unchanged: number }
/** The same, and the customers that were refused, each by its place among the records. */
export type SavedRecords = SaveOutcome & { erased: (CustomerErased & { place: number })[] }
type Folded = { folded: string; sortKey: string }
/** `digest`: of the customer that it is, who may be erased meanwhile. */
type Saved = Folded & { id: string; record: string; digest?: string }

const CUSTOMERS = sql.raw('customers')
const PRODUCTS = sql.raw('products')
const ID = sql.raw('id')
const SKU = sql.raw('sku')
const TABLES = { customers: { table: CUSTOMERS, key: ID }, products: { table: PRODUCTS, key: SKU } }
/** By the index orders_customer_id, whose rows of one customer are in the order of their numbers. */
const LAST_CURRENCY = sql.raw(`(
  SELECT orders.currency FROM orders WHERE orders.customer ->> 'id' = found.id AND orders.state <> 'Deleted'
  ORDER BY orders.number DESC LIMIT 1)`)

/** A customer, and the currency of their last order that is not deleted; null before the first. */
export type FoundCustomer = { customer: Customer; lastCurrency: string | null }

/**
 * Customers whose name or id has `q` in it, as `fold` folds both; the one with that id first, then those that are it
 * but for the folding, then those that begin with it.
 */
export function searchCustomers(db: OrderingDb, q: string, limit: number): Promise<Customer[]> {
  return search<Customer>(db, CUSTOMERS, ID, q, limit)
}

/** The same customers, each with the currency of their last order: one row of an index more for each. */
export async function searchCustomersWithCurrency(db: OrderingDb, q: string, limit: number): Promise<FoundCustomer[]> {
  const found = searched(CUSTOMERS, ID, q, limit)
  const result = await db.run(sql`SELECT record, ${LAST_CURRENCY} AS currency FROM (${found}) AS found`)
  return rowsOf<{ record: string; currency: string | null }>(result).map(toFoundCustomer)
}

/** The customer with this id. */
export async function findCustomer(db: OrderingDb, id: string): Promise<FoundCustomer | undefined> {
  const found = sql`SELECT ${ID} AS id, record FROM ${CUSTOMERS} WHERE ${ID} = ${id}`
  const result = await db.run(sql`SELECT record, ${LAST_CURRENCY} AS currency FROM (${found}) AS found`)
  const [row] = rowsOf<{ record: string; currency: string | null }>(result)
  return row && toFoundCustomer(row)
}

/**
 * Products whose description or sku has `q` in it, as `fold` folds both; the one with that sku first, then those that
 * are it but for the folding, then those in `currency`, then those that begin with it.
 */
export function searchProducts(db: OrderingDb, q: string, limit: number, currency?: string): Promise<Product[]> {
  return search<Product>(db, PRODUCTS, SKU, q, limit, currency)
}

/** As long as an id is at most, in the units of a string: a character may take two. */
const MAX_ID_UNITS = 200

/** The products with these skus, in any order. What is longer than an id is none, and is not asked for. */
export async function findProducts(db: OrderingDb, skus: readonly string[]): Promise<Product[]> {
  const possible = skus.filter((sku) => sku.length <= MAX_ID_UNITS)
  const result = await db.run(sql`
    SELECT record FROM ${PRODUCTS} WHERE ${SKU} IN (SELECT value FROM json_each(${JSON.stringify(possible)}))`)
  return rowsOf<{ record: string }>(result).map(({ record }) => JSON.parse(record) as Product)
}

/** Stores the customers, each in place of the one with its id, but for those who were erased. Safe to repeat. */
export async function saveCustomers(
  db: OrderingDb,
  customers: readonly Customer[],
  who: AuditedBy,
): Promise<SavedRecords> {
  const key = await readDigestKey(db)
  const digests = await Promise.all(customers.map(({ id }) => digestCustomer(key, id)))
  const tombstones = toTombstones(await selectTombstones(db, digests))
  const saved: Saved[] = []
  const erased: SavedRecords['erased'] = []
  for (const [place, customer] of customers.entries()) {
    const digest = digests[place] ?? ''
    const erasedAt = tombstones.get(digest)
    if (erasedAt === undefined) saved.push({ ...toSaved(customer.id, customer.name, customer), digest })
    else erased.push({ reason: 'customer_erased', customerId: customer.id, erasedAt, place })
  }
  const outcome = await save(db, 'customers', saved, who)
  return { ...outcome, erased }
}

/** Stores the products, each in place of the one with its sku. Safe to repeat. */
export async function saveProducts(
  db: OrderingDb,
  products: readonly Product[],
  who: AuditedBy,
): Promise<SavedRecords> {
  const saved = products.map((product) => toSaved(product.sku, product.description, product))
  const outcome = await save(db, 'products', saved, who)
  return { ...outcome, erased: [] }
}

function toSaved(id: string, name: string, record: Customer | Product): Saved {
  return { id, record: JSON.stringify(record), ...foldEntry(id, name) }
}

/** What an entry of the catalogue is searched and sorted by. */
function foldEntry(id: string, name: string): Folded {
  return { folded: `${searchable(name)}\n${searchable(id)}`, sortKey: `${sortKey(name)}\n${id}` }
}

async function search<T>(
  db: OrderingDb,
  table: SQL,
  key: SQL,
  q: string,
  limit: number,
  currency?: string,
): Promise<T[]> {
  const result = await db.run(sql`SELECT record FROM (${searched(table, key, q, limit, currency)})`)
  return rowsOf<{ record: string }>(result).map(({ record }) => JSON.parse(record) as T)
}

/** The first rows (id, record) that a search finds, in its order. */
function searched(table: SQL, key: SQL, q: string, limit: number, currency?: string): SQL {
  const forms = searchedForms(q)
  const found = sql.join(
    forms.map((form) => sql`instr(folded, ${form}) > 0`),
    sql` OR `,
  )
  const begins = sql.join(
    forms.map((form) => sql`instr(folded, ${form}) = 1`),
    sql` OR `,
  )
  const inCurrency = currency === undefined ? sql`` : sql`record ->> 'currency' <> ${currency},`
  return sql`
    SELECT ${key} AS id, record FROM ${table} WHERE ${found}
    ORDER BY ${key} <> ${q}, substr(folded, instr(folded, char(10)) + 1) <> ${searchable(q)}, ${inCurrency}
      NOT (${begins}), sort_key
    LIMIT ${limit}`
}

function toFoundCustomer({ record, currency }: { record: string; currency: string | null }): FoundCustomer {
  return { customer: JSON.parse(record) as Customer, lastCurrency: currency }
}

async function save(
  db: OrderingDb,
  catalogue: 'customers' | 'products',
  saved: readonly Saved[],
  who: AuditedBy,
): Promise<SaveOutcome> {
  const { table, key } = TABLES[catalogue]
  const records = elementsOf(saved)
  const notErased = isNotErased(sql`value ->> 'digest'`)
  const changes = sql`
    SELECT value ->> 'id' AS id, record AS before, value ->> 'record' AS after
    FROM ${records} LEFT JOIN ${table} ON ${key} = value ->> 'id'
    WHERE ${notErased} AND record IS NOT value ->> 'record'`
  const [before] = await db.batch([
    db.run(sql`
      SELECT ${key} AS id, record FROM ${table}
      WHERE ${key} IN (SELECT value ->> 'id' FROM ${records})`),
    ...auditCatalogue(db, who, catalogue, changes),
    db.run(sql`
      INSERT INTO ${table} (${key}, record, folded, sort_key, fold_stale)
      SELECT value ->> 'id', value ->> 'record', value ->> 'folded', value ->> 'sortKey', 0
      FROM ${records} WHERE ${notErased}
      ON CONFLICT (${key}) DO UPDATE SET record = excluded.record, folded = excluded.folded,
        sort_key = excluded.sort_key, fold_stale = 0`),
  ])
  const known = new Map(rowsOf<{ id: string; record: string }>(before).map(({ id, record }) => [id, record]))
  const outcome: SaveOutcome = { created: 0, changed: 0, unchanged: 0 }
  for (const { id, record } of saved) {
    const earlier = known.get(id)
    outcome[earlier === undefined ? 'created' : earlier === record ? 'unchanged' : 'changed'] += 1
    known.set(id, record)
  }
  return outcome
}

/** Folds customers that SQL alone has written, at most `limit`, and returns how many. */
export function refoldCustomers(db: OrderingDb, limit: number): Promise<number> {
  return refold(db, CUSTOMERS, ID, sql.raw(`record ->> 'name'`), limit)
}

/** As refoldCustomers, for products. */
export function refoldProducts(db: OrderingDb, limit: number): Promise<number> {
  return refold(db, PRODUCTS, SKU, sql.raw(`record ->> 'description'`), limit)
}

async function refold(db: OrderingDb, table: SQL, key: SQL, name: SQL, limit: number): Promise<number> {
  const result = await db.run(
    sql`SELECT ${key} AS id, ${name} AS name FROM ${table} WHERE fold_stale = 1 LIMIT ${limit}`,
  )
  const stale = rowsOf<{ id: string; name: string | null }>(result)
  if (stale.length === 0) return 0
  const folded = stale.map(({ id, name: known }) => ({ id, name: known, ...foldEntry(id, known ?? '') }))
  await db.run(sql`
    UPDATE ${table} SET folded = r.value ->> 'folded', sort_key = r.value ->> 'sortKey', fold_stale = 0
    FROM ${elementsOf(folded)} r WHERE ${key} = r.value ->> 'id' AND ${name} IS r.value ->> 'name'`)
  return stale.length
}
