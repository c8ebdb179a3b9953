import { rowsOf } from '../../../shared/db/d1.ts'
import { elementsOf } from '../../../shared/db/json-elements.ts'
import type { OrderingDb } from '../db.ts'
import type { ImportedBefore } from './known-line.ts'
import { ORDER_COLUMNS, type OrderRow, toOrder } from '../orders/order-store.ts'
import { selectTombstones, type Tombstones, toTombstones } from '../records/erased-customer-store.ts'
import { plain } from '../../../shared/handover/sql-names.ts'
import { orders } from '../schema.ts'

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
    db.run(plain`
      SELECT ${ORDER_COLUMNS}, o.${orders.importedLine} AS importedLine,
        o.${orders.importedContent} AS importedContent
      FROM json_each(${JSON.stringify(externalIds)}) wanted JOIN ${orders} o ON o.${orders.externalId} = wanted.value`),
    selectTombstones(db, customerDigests),
  ])
  const rows = rowsOf<OrderRow & Omit<ImportedBefore, 'order'>>(found)
  const known = new Map(
    rows.map(({ importedLine, importedContent, ...row }): [string | null, ImportedBefore] => [
      row.externalId,
      { order: toOrder(row), importedLine, importedContent },
    ]),
  )
  return { orders: known, tombstones: toTombstones(erased) }
}

/** Keeps for each order the digest of the line that was imported last. It is no change of the order: no new revision. */
export async function noteImportedLines(
  db: OrderingDb,
  notes: readonly { number: number; importedLine: string }[],
): Promise<void> {
  await db.run(plain`
    UPDATE ${orders} SET ${orders.importedLine} = r.value ->> 'importedLine' FROM ${elementsOf(notes)} r
    WHERE ${orders.number} = r.value ->> 'number'`)
}
