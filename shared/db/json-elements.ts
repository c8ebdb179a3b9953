import { sql, type SQL } from 'drizzle-orm'
import { bytesOf, cutByBytes, fitsIn, MOST_VALUE_BYTES } from './byte-limits.ts'

/**
 * The elements of a JSON array as rows with a `value`, each written down once. Of json_each itself, every mention of an
 * element's `value` writes it down as text again: an order has 18 columns to take from it. LIMIT keeps SQLite from
 * merging the two. Elements that are too many bytes for one value of D1 are bound as several.
 */
export function elementsOf(array: readonly unknown[]): SQL {
  const whole = JSON.stringify(array)
  if (fitsIn(MOST_VALUE_BYTES, whole)) return sql`(SELECT value FROM json_each(${whole}) LIMIT -1)`
  const elements = array.map((element) => JSON.stringify(element))
  const parts = [...cutByBytes(elements, MOST_VALUE_BYTES, bytesOf)].map((part) => sql`(${`[${part.join(',')}]`})`)
  return sql`(
    SELECT e.value FROM (VALUES ${sql.join(parts, sql`, `)}) p CROSS JOIN json_each(p.column1) e LIMIT -1
  )`
}
