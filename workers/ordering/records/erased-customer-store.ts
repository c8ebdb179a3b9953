import type { SQL } from 'drizzle-orm'
import { type DigestKey, importDigestKey, keyedDigest } from '../../../shared/text/digest.ts'
import { rowsOf } from '../../../shared/db/d1.ts'
import type { OrderingDb } from '../db.ts'
import { plain } from '../../../shared/handover/sql-names.ts'
import { digestKey, erasedCustomers } from '../schema.ts'

/** The customer was erased, and nothing is stored under their id any more. `erasedAt` is an instant. */
export type CustomerErased = { reason: 'customer_erased'; customerId: string; erasedAt: string }
/** When each of the customers was erased, by the digest of their id. */
export type Tombstones = ReadonlyMap<string, string>

/** The key of this database's digests. */
export async function readDigestKey(db: OrderingDb): Promise<DigestKey> {
  const [row] = await db.select({ key: digestKey.key }).from(digestKey)
  if (row === undefined) throw new Error('Cannot make digests: the row of their key is not there')
  return importDigestKey(row.key)
}

/** What a customer's tombstone is found by: their id may be a name itself. */
export function digestCustomer(key: DigestKey, customerId: string): Promise<string> {
  return keyedDigest(key, `customer\n${customerId}`)
}

/** The statement for `toTombstones`: those of the customers with these digests who were erased. */
export function selectTombstones(db: OrderingDb, digests: readonly string[]) {
  return db.run(plain`
    SELECT t.${erasedCustomers.digest}, t.${erasedCustomers.erasedAt} AS erasedAt
    FROM json_each(${JSON.stringify([...new Set(digests)])}) d
      JOIN ${erasedCustomers} t ON t.${erasedCustomers.digest} = d.value`)
}

/** What `selectTombstones` has found. */
export function toTombstones(selected: D1Result): Tombstones {
  const rows = rowsOf<{ digest: string; erasedAt: string }>(selected)
  return new Map(rows.map(({ digest, erasedAt }) => [digest, erasedAt]))
}

/** Why nothing is stored of the customer; undefined if they were not erased. */
export async function findErased(
  db: OrderingDb,
  customerId: string,
  digest: string,
): Promise<CustomerErased | undefined> {
  const erasedAt = toTombstones(await selectTombstones(db, [digest])).get(digest)
  return erasedAt === undefined ? undefined : { reason: 'customer_erased', customerId, erasedAt }
}

/** The condition that the customer with this digest was not erased; null where nobody new is named. */
export function isNotErased(digest: SQL): SQL {
  return plain`NOT EXISTS (SELECT 1 FROM ${erasedCustomers} WHERE ${erasedCustomers.digest} = ${digest})`
}

/** The same in words, for whoever sent their data. */
export function describeErased({ customerId, erasedAt }: CustomerErased): string {
  return `Customer ${customerId} was erased on ${erasedAt.slice(0, 10)}`
}
