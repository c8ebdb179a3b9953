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

/** The most elements of `boundElementsOf`: D1 binds at most 100 parameters a statement, and a statement has some of its own. */
export const MOST_BOUND = 90

/**
 * The same of a few large elements, one to MOST_BOUND, each a parameter of its own: out of one JSON, 2,000 orders of eleven
 * lines took SQLite more than twice as long.
 */
export function boundElementsOf(array: readonly unknown[]): SQL {
  const rows = array.map((element) => sql`(${JSON.stringify(element)})`)
  return sql`(SELECT column1 AS value FROM (VALUES ${sql.join(rows, sql`, `)}) LIMIT -1)`
}
