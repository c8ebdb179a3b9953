import { sql, type SQL } from 'drizzle-orm'
import { cutByBytes, MOST_ANSWER_BYTES } from './byte-limits.ts'

/**
 * The texts of a row are read along with it while they come to no more than this: 200 such rows are far from the 50 MB
 * that D1 takes as a result. Those of a larger row are read once it is known to belong to the answer.
 */
const MOST_BYTES_ALONG = 40_000

/**
 * Columns of a row. `texts` are those that may be large, by the names that they get: JSON, or, in `plain`, what is made into
 * JSON in the answer. `added` is what the answer has beside them, in bytes.
 */
export type LargeColumns = {
  others: SQL
  texts: Record<string, SQL>
  plain?: Record<string, SQL>
  added?: SQL
}

/** A row that was read with `columnsAlong`: what it comes to, and whether its texts were read along with it. */
export type Weighed = { bytes: number; along: 0 | 1 }

/** All columns with their texts, however large. */
export function columnsWhole({ others, texts, plain }: LargeColumns): SQL {
  const all = Object.entries({ ...texts, ...plain }).map(([name, text]) => sql`${text} AS ${sql.raw(name)}`)
  return sql.join([others, ...all], sql`, `)
}

/** What the texts come to, and what is added to them, in bytes. */
export function bytesIn(columns: LargeColumns): SQL {
  const { texts, plain = {}, added = ZERO } = columns
  const quoted = Object.values(plain).map((text) => sql`json_quote(CAST(${text} AS TEXT))`)
  return sql.join([added, ...[...Object.values(texts), ...quoted].map(lengthOf)], PLUS)
}

const ZERO = sql.raw('0')
const PLUS = sql.raw(' + ')

/** All columns and those of Weighed, with null for each of the texts where they are not read along. */
export function columnsAlong(columns: LargeColumns): SQL {
  const { others, texts, plain } = columns
  const all = Object.entries({ ...texts, ...plain })
  // Lengths alone, which SQLite knows without reading a text: it is asked once for each text.
  const length = sql.join([ZERO, ...all.map(([, text]) => lengthOf(text))], PLUS)
  const along = sql`${length} <= ${sql.raw(String(MOST_BYTES_ALONG))}`
  const kept = all.map(([name, text]) => sql`iif(${along}, ${text}, NULL) AS ${sql.raw(name)}`)
  return sql.join([others, sql`${bytesIn(columns)} AS bytes`, sql`${along} AS along`, ...kept], sql`, `)
}

function lengthOf(text: SQL): SQL {
  return sql`coalesce(octet_length(${text}), 0)`
}

/**
 * Of the rows, as many from the first on as come to `most` bytes, at least one, with all their texts.
 * @param readWhole reads rows again, with `columnsWhole`, in whatever order
 */
export async function completeRows<Row, Key>(
  rows: readonly (Row & Weighed)[],
  keyOf: (row: Row) => Key,
  readWhole: (keys: Key[]) => Promise<Row[]>,
  most = MOST_ANSWER_BYTES,
): Promise<Row[]> {
  const [kept = []] = cutByBytes(rows, most, ({ bytes }) => bytes)
  const large = kept.filter(({ along }) => along === 0).map(keyOf)
  const whole = new Map(large.length === 0 ? [] : (await readWhole(large)).map((row) => [keyOf(row), row]))
  return kept.map((row) => (row.along === 1 ? withoutWeight(row) : (whole.get(keyOf(row)) ?? withoutWeight(row))))
}

/** The row as it was asked for. */
function withoutWeight<Row>(row: Row & Weighed): Row {
  const asked = Object.entries(row).filter(([name]) => name !== 'bytes' && name !== 'along')
  return Object.fromEntries(asked) as Row
}
