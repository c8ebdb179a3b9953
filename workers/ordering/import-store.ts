import { sql } from 'drizzle-orm'
import { rowsOf } from '../../shared/d1.ts'
import type { OrderingDb } from './db.ts'
import type { ImportedBefore } from './import.ts'
import { ORDER_COLUMNS, type OrderRow, toOrder } from './order-store.ts'

/** The orders with these external ids, deleted ones too, by external id, with what the last import left of each. */
export async function findImported(
  db: OrderingDb,
  externalIds: readonly string[],
): Promise<Map<string | null, ImportedBefore>> {
  const result = await db.run(sql`
    SELECT ${ORDER_COLUMNS}, o.imported_line AS importedLine,
      o.imported_content AS importedContent
    FROM json_each(${JSON.stringify(externalIds)}) wanted JOIN orders o ON o.external_id = wanted.value`)
  const rows = rowsOf<OrderRow & Omit<ImportedBefore, 'order'>>(result)
  return new Map(
    rows.map(({ importedLine, importedContent, ...row }) => [
      row.externalId,
      { order: toOrder(row), importedLine, importedContent },
    ]),
  )
}

/** Keeps for each order the digest of the line that was imported last. It is no change of the order: no new revision. */
export async function noteImportedLines(
  db: OrderingDb,
  notes: readonly { number: number; importedLine: string }[],
): Promise<void> {
  await db.run(sql`
    UPDATE orders SET imported_line = r.value ->> 'importedLine' FROM json_each(${JSON.stringify(notes)}) r
    WHERE number = r.value ->> 'number'`)
}
