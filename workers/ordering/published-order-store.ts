import { sql } from 'drizzle-orm'
import type { Order } from '../../shared/contract.ts'
import { rowsOf } from '../../shared/d1.ts'
import type { OrderingDb } from './db.ts'
import { ORDER_COLUMNS, type OrderRow, type SpoiledRecord, toPublished } from './order-store.ts'

/** The order if it was ever confirmed, deleted or not, and the feed's epoch beside it. */
export async function findPublished(
  db: OrderingDb,
  number: number,
): Promise<{ epoch: string; order: Order | SpoiledRecord | undefined }> {
  const result = await db.run(sql`
    SELECT feed.epoch, ${ORDER_COLUMNS}
    FROM feed LEFT JOIN orders o ON o.number = ${number} AND o.confirmed_at IS NOT NULL`)
  const [row] = rowsOf<{ epoch: string } & (OrderRow | { number: null })>(result)
  if (row === undefined) throw new Error('Cannot read the feed: its row is missing')
  return { epoch: row.epoch, order: row.number === null ? undefined : toPublished(row) }
}
