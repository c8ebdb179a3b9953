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
  others: string
  texts: Record<string, string>
  plain?: Record<string, string>
  added?: string
}

/** A row that was read with `columnsAlong`: what it comes to, and whether its texts were read along with it. */
export type Weighed = { bytes: number; along: 0 | 1 }

/** All columns with their texts, however large. */
export function columnsWhole({ others, texts, plain }: LargeColumns): SQL {
  const all = Object.entries({ ...texts, ...plain }).map(([name, text]) => `${text} AS ${name}`)
  return sql.raw([others, ...all].join(', '))
}

/** What the texts come to, and what is added to them, in bytes. */
export function bytesIn(columns: LargeColumns): SQL {
  return sql.raw(sumBytes(columns))
}

function sumBytes({ texts, plain = {}, added = '0' }: LargeColumns): string {
  const quoted = Object.values(plain).map((text) => `json_quote(CAST(${text} AS TEXT))`)
  return [added, ...[...Object.values(texts), ...quoted].map(lengthOf)].join(' + ')
}

/** All columns and those of Weighed, with null for each of the texts where they are not read along. */
export function columnsAlong(columns: LargeColumns): SQL {
  const { others, texts, plain } = columns
  const all = Object.entries({ ...texts, ...plain })
  // Lengths alone, which SQLite knows without reading a text: it is asked once for each text.
  const along = `${['0', ...all.map(([, text]) => lengthOf(text))].join(' + ')} <= ${MOST_BYTES_ALONG}`
  const kept = all.map(([name, text]) => `iif(${along}, ${text}, NULL) AS ${name}`)
  return sql.raw([others, `${sumBytes(columns)} AS bytes`, `${along} AS along`, ...kept].join(', '))
}

function lengthOf(text: string): string {
  return `coalesce(octet_length(${text}), 0)`
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
