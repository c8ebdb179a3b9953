import { sql, type SQL } from 'drizzle-orm'
import type { Customer } from '../../shared/contract.ts'
import { rowsOf } from '../../shared/d1.ts'
import { auditCatalogue, type AuditedBy } from './audit-store.ts'
import type { OrderingDb } from './db.ts'
import { searchable, searchedForms } from '../../shared/fold.ts'
import type { Product } from './product.ts'

/** What saving records has done: how many there were not, how many were otherwise, and how many were the same. */
export type SaveOutcome = { created: number; changed: number; unchanged: number }
type Saved = { id: string; record: string; folded: string }

const CUSTOMERS = sql.raw('customers')
const PRODUCTS = sql.raw('products')
const ID = sql.raw('id')
const SKU = sql.raw('sku')
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

/** The products with these skus, in any order. */
export async function findProducts(db: OrderingDb, skus: readonly string[]): Promise<Product[]> {
  const result = await db.run(sql`
    SELECT record FROM ${PRODUCTS} WHERE ${SKU} IN (SELECT value FROM json_each(${JSON.stringify(skus)}))`)
  return rowsOf<{ record: string }>(result).map(({ record }) => JSON.parse(record) as Product)
}

/** Stores the customers, each in place of the one with its id. Safe to repeat. */
export function saveCustomers(db: OrderingDb, customers: readonly Customer[], who: AuditedBy): Promise<SaveOutcome> {
  const saved = customers.map((customer) => toSaved(customer.id, customer.name, customer))
  return save(db, CUSTOMERS, ID, saved, auditCatalogue(db, who, 'customers', saved.length))
}

/** Stores the products, each in place of the one with its sku. Safe to repeat. */
export function saveProducts(db: OrderingDb, products: readonly Product[], who: AuditedBy): Promise<SaveOutcome> {
  const saved = products.map((product) => toSaved(product.sku, product.description, product))
  return save(db, PRODUCTS, SKU, saved, auditCatalogue(db, who, 'products', saved.length))
}

function toSaved(id: string, name: string, record: Customer | Product): Saved {
  return { id, record: JSON.stringify(record), folded: `${searchable(name)}\n${searchable(id)}` }
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
      NOT (${begins}), folded
    LIMIT ${limit}`
}

function toFoundCustomer({ record, currency }: { record: string; currency: string | null }): FoundCustomer {
  return { customer: JSON.parse(record) as Customer, lastCurrency: currency }
}

async function save(
  db: OrderingDb,
  table: SQL,
  key: SQL,
  saved: readonly Saved[],
  audit: ReturnType<typeof auditCatalogue>,
): Promise<SaveOutcome> {
  const records = JSON.stringify(saved)
  const [before] = await db.batch([
    db.run(sql`
      SELECT ${key} AS id, record FROM ${table}
      WHERE ${key} IN (SELECT value ->> 'id' FROM json_each(${records}))`),
    db.run(sql`
      INSERT INTO ${table} (${key}, record, folded)
      SELECT value ->> 'id', value ->> 'record', value ->> 'folded' FROM json_each(${records}) WHERE true
      ON CONFLICT (${key}) DO UPDATE SET record = excluded.record, folded = excluded.folded`),
    audit,
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
