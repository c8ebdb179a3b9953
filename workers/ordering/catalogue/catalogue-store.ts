import { sql, type SQL } from 'drizzle-orm'
import type { Customer } from '../../../shared/contract/order.ts'
import { rowsOf } from '../../../shared/db/d1.ts'
import type { AuditedBy } from '../edge/request-context.ts'
import { auditCatalogue } from '../records/audit-store.ts'
import type { OrderingDb } from '../db.ts'
import { columnsOf, plain } from '../../../shared/handover/sql-names.ts'
import { customers, orders, products } from '../schema.ts'
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

const CUSTOMERS = { name: 'customers', table: customers, key: customers.id } as const
const PRODUCTS = { name: 'products', table: products, key: products.sku } as const
type Catalogue = typeof CUSTOMERS | typeof PRODUCTS
/** By the index orders_customer_id, whose rows of one customer are in the order of their numbers. */
const LAST_CURRENCY = sql`(
  SELECT ${orders.currency} FROM ${orders} WHERE ${orders.customer} ->> 'id' = found.id AND ${orders.state} <> 'Deleted'
  ORDER BY ${orders.number} DESC LIMIT 1)`

/** A customer, and the currency of their last order that is not deleted; null before the first. */
export type FoundCustomer = { customer: Customer; lastCurrency: string | null }

/**
 * Customers whose name or id has `q` in it, as `fold` folds both; the one with that id first, then those that are it
 * but for the folding, then those that begin with it.
 */
export function searchCustomers(db: OrderingDb, q: string, limit: number): Promise<Customer[]> {
  return search<Customer>(db, CUSTOMERS, q, limit)
}

/** The same customers, each with the currency of their last order: one row of an index more for each. */
export async function searchCustomersWithCurrency(db: OrderingDb, q: string, limit: number): Promise<FoundCustomer[]> {
  const found = searched(CUSTOMERS, q, limit)
  const result = await db.run(plain`SELECT ${customers.record}, ${LAST_CURRENCY} AS currency FROM (${found}) AS found`)
  return rowsOf<{ record: string; currency: string | null }>(result).map(toFoundCustomer)
}

/** The customer with this id. */
export async function findCustomer(db: OrderingDb, id: string): Promise<FoundCustomer | undefined> {
  const found = plain`SELECT ${columnsOf(customers, 'id', 'record')} FROM ${customers} WHERE ${customers.id} = ${id}`
  const result = await db.run(plain`SELECT ${customers.record}, ${LAST_CURRENCY} AS currency FROM (${found}) AS found`)
  const [row] = rowsOf<{ record: string; currency: string | null }>(result)
  return row && toFoundCustomer(row)
}

/**
 * Products whose description or sku has `q` in it, as `fold` folds both; the one with that sku first, then those that
 * are it but for the folding, then those in `currency`, then those that begin with it.
 */
export function searchProducts(db: OrderingDb, q: string, limit: number, currency?: string): Promise<Product[]> {
  return search<Product>(db, PRODUCTS, q, limit, currency)
}

/** As long as an id is at most, in the units of a string: a character may take two. */
const MAX_ID_UNITS = 200

/** The products with these skus, in any order. What is longer than an id is none, and is not asked for. */
export async function findProducts(db: OrderingDb, skus: readonly string[]): Promise<Product[]> {
  const possible = skus.filter((sku) => sku.length <= MAX_ID_UNITS)
  const rows = await db
    .select({ record: products.record })
    .from(products)
    .where(sql`${products.sku} IN (SELECT value FROM json_each(${JSON.stringify(possible)}))`)
  return rows.map(({ record }) => JSON.parse(record) as Product)
}

/** Stores the customers, each in place of the one with its id, but for those who were erased. Safe to repeat. */
export async function saveCustomers(db: OrderingDb, given: readonly Customer[], who: AuditedBy): Promise<SavedRecords> {
  const key = await readDigestKey(db)
  const digests = await Promise.all(given.map(({ id }) => digestCustomer(key, id)))
  const tombstones = toTombstones(await selectTombstones(db, digests))
  const saved: Saved[] = []
  const erased: SavedRecords['erased'] = []
  for (const [place, customer] of given.entries()) {
    const digest = digests[place] ?? ''
    const erasedAt = tombstones.get(digest)
    if (erasedAt === undefined) saved.push({ ...toSaved(customer.id, customer.name, customer), digest })
    else erased.push({ reason: 'customer_erased', customerId: customer.id, erasedAt, place })
  }
  const outcome = await save(db, CUSTOMERS, saved, who)
  return { ...outcome, erased }
}

/** Stores the products, each in place of the one with its sku. Safe to repeat. */
export async function saveProducts(db: OrderingDb, given: readonly Product[], who: AuditedBy): Promise<SavedRecords> {
  const saved = given.map((product) => toSaved(product.sku, product.description, product))
  const outcome = await save(db, PRODUCTS, saved, who)
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
  catalogue: Catalogue,
  q: string,
  limit: number,
  currency?: string,
): Promise<T[]> {
  const result = await db.run(plain`SELECT ${catalogue.table.record} FROM (${searched(catalogue, q, limit, currency)})`)
  return rowsOf<{ record: string }>(result).map(({ record }) => JSON.parse(record) as T)
}

/** The first rows (id, record) that a search finds, in its order. */
function searched({ table, key }: Catalogue, q: string, limit: number, currency?: string): SQL {
  const { record, folded, sortKey } = table
  const forms = searchedForms(q)
  const found = sql.join(
    forms.map((form) => plain`instr(${folded}, ${form}) > 0`),
    sql` OR `,
  )
  const begins = sql.join(
    forms.map((form) => plain`instr(${folded}, ${form}) = 1`),
    sql` OR `,
  )
  const inCurrency = currency === undefined ? sql`` : plain`${record} ->> 'currency' <> ${currency},`
  return plain`
    SELECT ${key} AS id, ${record} FROM ${table} WHERE ${found}
    ORDER BY ${key} <> ${q}, substr(${folded}, instr(${folded}, char(10)) + 1) <> ${searchable(q)}, ${inCurrency}
      NOT (${begins}), ${sortKey}
    LIMIT ${limit}`
}

function toFoundCustomer({ record, currency }: { record: string; currency: string | null }): FoundCustomer {
  return { customer: JSON.parse(record) as Customer, lastCurrency: currency }
}

async function save(
  db: OrderingDb,
  { name, table, key }: Catalogue,
  saved: readonly Saved[],
  who: AuditedBy,
): Promise<SaveOutcome> {
  const { record, folded, sortKey, foldStale } = table
  const records = elementsOf(saved)
  const notErased = isNotErased(sql`value ->> 'digest'`)
  const changes = plain`
    SELECT value ->> 'id' AS id, ${record} AS before, value ->> 'record' AS after
    FROM ${records} LEFT JOIN ${table} ON ${key} = value ->> 'id'
    WHERE ${notErased} AND ${record} IS NOT value ->> 'record'`
  const [before] = await db.batch([
    db
      .select({ id: key, record })
      .from(table)
      .where(sql`${key} IN (SELECT value ->> 'id' FROM ${records})`),
    ...auditCatalogue(db, who, name, changes),
    db.run(plain`
      INSERT INTO ${table} (${key}, ${record}, ${folded}, ${sortKey}, ${foldStale})
      SELECT value ->> 'id', value ->> 'record', value ->> 'folded', value ->> 'sortKey', 0
      FROM ${records} WHERE ${notErased}
      ON CONFLICT (${key}) DO UPDATE SET ${record} = excluded.${record}, ${folded} = excluded.${folded},
        ${sortKey} = excluded.${sortKey}, ${foldStale} = 0`),
  ])
  const known = new Map(before.map(({ id, record }) => [id, record]))
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
  return refold(db, CUSTOMERS, plain`${customers.record} ->> 'name'`, limit)
}

/** As refoldCustomers, for products. */
export function refoldProducts(db: OrderingDb, limit: number): Promise<number> {
  return refold(db, PRODUCTS, plain`${products.record} ->> 'description'`, limit)
}

async function refold(db: OrderingDb, { table, key }: Catalogue, name: SQL, limit: number): Promise<number> {
  const { folded: foldedText, sortKey, foldStale } = table
  const result = await db.run(
    plain`SELECT ${key} AS id, ${name} AS name FROM ${table} WHERE ${foldStale} = 1 LIMIT ${limit}`,
  )
  const stale = rowsOf<{ id: string; name: string | null }>(result)
  if (stale.length === 0) return 0
  const folded = stale.map(({ id, name: known }) => ({ id, name: known, ...foldEntry(id, known ?? '') }))
  await db.run(plain`
    UPDATE ${table} SET ${foldedText} = r.value ->> 'folded', ${sortKey} = r.value ->> 'sortKey', ${foldStale} = 0
    FROM ${elementsOf(folded)} r WHERE ${key} = r.value ->> 'id' AND ${name} IS r.value ->> 'name'`)
  return stale.length
}
