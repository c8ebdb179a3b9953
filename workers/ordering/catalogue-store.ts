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

/** Customers whose name or id has `q` in it, as texts are folded; the one with that id first, then those that begin with it. */
export function searchCustomers(db: OrderingDb, q: string, limit: number): Promise<Customer[]> {
  return search<Customer>(db, CUSTOMERS, q, limit)
}

/** The customer with this id. */
export function findCustomer(db: OrderingDb, id: string): Promise<Customer | undefined> {
  return find<Customer>(db, CUSTOMERS, ID, id)
}

/** Products whose description or sku has `q` in it, as texts are folded; the one with that sku first, then those that begin with it. */
export function searchProducts(db: OrderingDb, q: string, limit: number): Promise<Product[]> {
  return search<Product>(db, PRODUCTS, q, limit)
}

/** The product with this sku. */
export function findProduct(db: OrderingDb, sku: string): Promise<Product | undefined> {
  return find<Product>(db, PRODUCTS, SKU, sku)
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

async function search<T>(db: OrderingDb, table: SQL, q: string, limit: number): Promise<T[]> {
  const forms = searchedForms(q)
  const found = sql.join(
    forms.map((form) => sql`instr(folded, ${form}) > 0`),
    sql` OR `,
  )
  const begins = sql.join(
    forms.map((form) => sql`instr(folded, ${form}) = 1`),
    sql` OR `,
  )
  const result = await db.run(sql`
    SELECT record FROM ${table} WHERE ${found}
    ORDER BY substr(folded, instr(folded, char(10)) + 1) <> ${searchable(q)}, NOT (${begins}), folded
    LIMIT ${limit}`)
  return rowsOf<{ record: string }>(result).map(({ record }) => JSON.parse(record) as T)
}

async function find<T>(db: OrderingDb, table: SQL, key: SQL, id: string): Promise<T | undefined> {
  const result = await db.run(sql`SELECT record FROM ${table} WHERE ${key} = ${id}`)
  const [row] = rowsOf<{ record: string }>(result)
  return row && (JSON.parse(row.record) as T)
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
