import { sql, type SQL } from 'drizzle-orm'

/**
 * The elements of a JSON array as rows with a `value`, each written down once. Of json_each itself, every mention of an
 * element's `value` writes it down as text anew: an order has 18 columns to take from it. LIMIT keeps SQLite from
 * merging the two.
 */
export function elementsOf(array: readonly unknown[]): SQL {
  return sql`(SELECT value FROM json_each(${JSON.stringify(array)}) LIMIT -1)`
}
