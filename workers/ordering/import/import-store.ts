import { sql } from 'drizzle-orm'
import { rowsOf } from '../../../shared/db/d1.ts'
import { elementsOf } from '../../../shared/db/json-elements.ts'
import type { OrderingDb } from '../db.ts'
import type { ImportedBefore } from './known-line.ts'
import { ORDER_COLUMNS, type OrderRow, toOrder } from '../orders/order-store.ts'
import { selectTombstones, type Tombstones, toTombstones } from '../records/erased-customer-store.ts'

/** What there is of the orders and the customers that an import's lines name. */
export type Imported = { orders: ReadonlyMap<string | null, ImportedBefore>; tombstones: Tombstones }

/**
 * The orders with these external ids, deleted ones too, by external id, with what the last import left of each; and
 * which of the customers with these digests were erased.
 */
export async function findImported(
  db: OrderingDb,
  externalIds: readonly string[],
  customerDigests: readonly string[],
): Promise<Imported> {
  const [found, erased] = await db.batch([
    db.run(sql`
      SELECT ${ORDER_COLUMNS}, o.imported_line AS importedLine,
        o.imported_content AS importedContent
      FROM json_each(${JSON.stringify(externalIds)}) wanted JOIN orders o ON o.external_id = wanted.value`),
    selectTombstones(db, customerDigests),
  ])
  const rows = rowsOf<OrderRow & Omit<ImportedBefore, 'order'>>(found)
  const orders = new Map(
    rows.map(({ importedLine, importedContent, ...row }): [string | null, ImportedBefore] => [
      row.externalId,
      { order: toOrder(row), importedLine, importedContent },
    ]),
  )
  return { orders, tombstones: toTombstones(erased) }
}

/** Keeps for each order the digest of the line that was imported last. It is no change of the order: no new revision. */
export async function noteImportedLines(
  db: OrderingDb,
  notes: readonly { number: number; importedLine: string }[],
): Promise<void> {
  await db.run(sql`
    UPDATE orders SET imported_line = r.value ->> 'importedLine' FROM ${elementsOf(notes)} r
    WHERE number = r.value ->> 'number'`)
}
