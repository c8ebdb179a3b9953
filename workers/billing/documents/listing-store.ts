import { sql, type SQL } from 'drizzle-orm'
import { rowsOf } from '../../../shared/db/d1.ts'
import {
  columnsAlong,
  columnsWhole,
  completeRows,
  type LargeColumns,
  type Weighed,
} from '../../../shared/db/large-texts.ts'
import type { BillingDb } from '../db.ts'

/** What is listed: rows of one table, under the alias that its other parts name it by, and the terms `t` that lead to them. */
export type Listing = { table: SQL; id: SQL; facts: LargeColumns; beside: SQL; terms: SQL; termId: SQL }

/**
 * A way to the rows of a list, sorted as the list is: through the table itself by an index, or to the ids in another
 * table. `behind` says what comes after the row with an id where the list is not sorted by id, in parts, one after the
 * other; `order` its columns.
 */
export type Way =
  | { through: 'itself'; index: SQL; where: SQL; behind?: (after: number) => SQL[]; order?: SQL[] }
  | { through: 'another'; from: SQL; id: SQL; where: SQL }

/** Which part of a list is read. `fits` is asked of each row that the ways lead to; `first` stands above all others. */
export type Asked = {
  ways: readonly [Way, ...Way[]]
  fits: SQL
  first?: SQL | undefined
  after: number | undefined
  limit: number
  ascending: boolean
  /** How many rows may be read, or a few more. */
  rows: number
}

/** A part of a list, at most MOST_ANSWER_BYTES or one row. It may be short, or empty, and the list continue: `next` is null at the end. */
export type ListPart<Row> = { rows: Row[]; next: number | null }

/** What a row costs that is shown, beside the way to it: itself, its order, and what else is asked of it. */
const ROWS_SHOWN = 3
/** Fewer rows are not worth another statement. */
const LEAST_LOOK = 10
/** Behind every id, where what stands first fills a page. */
const BEFORE_ALL = Number.MAX_SAFE_INTEGER

/** Reads a part of the list, and no more rows than may be read: what does not fit is passed over. */
export async function readPart<Row extends { id: number }>(
  db: BillingDb,
  listing: Listing,
  asked: Asked,
): Promise<ListPart<Row>> {
  const left = { rows: asked.rows }
  const first =
    asked.first !== undefined && asked.after === undefined ? await readFirst<Row>(db, listing, asked, left) : []
  const limit = asked.limit - first.length
  if (limit <= 0) return { rows: first, next: BEFORE_ALL }
  const seen: Looked[] = []
  const shown = new Map<number, Row & Weighed>()
  // Where ways are merged, each may be read as far as the page is long, and once more to be sorted.
  const [way, ...others] = asked.ways
  const rowsOfWay = others.length > 0 ? 2 * asked.ways.length + 1 : way.through === 'itself' ? 0 : 1
  const whole = Math.min(limit + 1, share(left, rowsOfWay + ROWS_SHOWN))
  for (const { fits, ...row } of await look<Row & Weighed>(
    db,
    listing,
    asked,
    { after: asked.after, most: whole, whole: true },
    left,
  )) {
    seen.push({ id: row.id, fits })
    if (fits === 1) shown.set(row.id, row as unknown as Row & Weighed)
  }
  let ended = seen.length < whole
  const fitting = () => seen.filter(({ fits }) => fits === 1)
  while (!ended && fitting().length <= limit) {
    const most = share(left, rowsOfWay + 1 + ROWS_SHOWN)
    if (most < LEAST_LOOK) break
    const met = await look<Looked>(db, listing, asked, { after: seen.at(-1)?.id, most, whole: false }, left)
    seen.push(...met)
    ended = met.length < most
  }
  const page = fitting().slice(0, limit)
  const unread = page.filter(({ id }) => !shown.has(id)).map(({ id }) => id)
  for (const row of await readById<Row & Weighed>(db, listing, columnsAlong(listing.facts), unread)) {
    shown.set(row.id, row)
  }
  const found = page.flatMap(({ id }) => shown.get(id) ?? [])
  const rows = await readTexts<Row>(db, listing, found)
  if (rows.length < found.length) return { rows: [...first, ...rows], next: rows.at(-1)?.id ?? null }
  const next = fitting().length > limit ? page.at(-1)?.id : ended ? undefined : seen.at(-1)?.id
  return { rows: [...first, ...rows], next: next ?? null }
}

type Looked = { id: number; fits: 0 | 1 }
type Left = { rows: number }

function share({ rows }: Left, rowsEach: number): number {
  return Math.max(Math.floor(rows / rowsEach), 1)
}

async function readFirst<Row extends { id: number }>(
  db: BillingDb,
  listing: Listing,
  { fits, first, limit }: Asked,
  left: Left,
): Promise<Row[]> {
  const { table, id, facts, beside } = listing
  const result = await db.run(sql`
    SELECT ${columnsAlong(facts)} FROM ${table} ${beside} WHERE ${first} AND ${fits} ORDER BY ${id} DESC LIMIT ${limit}`)
  left.rows -= result.meta.rows_read
  // All of them: what comes behind them is found by its id, and they are not.
  return readTexts<Row>(db, listing, rowsOf<Row & Weighed>(result), Infinity)
}

/** As many of the rows as come to `most` bytes, with the texts that were not read along. */
function readTexts<Row extends { id: number }>(
  db: BillingDb,
  listing: Listing,
  rows: readonly (Row & Weighed)[],
  most?: number,
): Promise<Row[]> {
  const readWhole = (ids: number[]) => readById<Row>(db, listing, columnsWhole(listing.facts), ids)
  return completeRows(rows, ({ id }: Row) => id, readWhole, most)
}

/** What the ways lead to next, whether it fits or not. */
async function look<Row>(
  db: BillingDb,
  { table, id, facts, beside }: Listing,
  { ways, fits, first, ascending }: Asked,
  { after, most, whole }: { after: number | undefined; most: number; whole: boolean },
  left: Left,
): Promise<(Row & Looked)[]> {
  const direction = sql.raw(ascending ? 'ASC' : 'DESC')
  const behind = (column: SQL) =>
    after === undefined ? sql.raw('1') : sql`${column} ${sql.raw(ascending ? '>' : '<')} ${after}`
  const fitsToo = first === undefined ? sql`(${fits})` : sql`(${fits}) AND NOT (${first})`
  const columns = sql`${whole ? columnsAlong(facts) : id}, ${fitsToo} AS fits`
  const [way, ...others] = ways
  const select = (from: SQL, where: SQL, order: readonly SQL[]) => sql`
    SELECT ${columns} FROM ${from} ${whole ? beside : sql``} WHERE ${where}
    ORDER BY ${sql.join(
      order.map((column) => sql`${column} ${direction}`),
      sql`, `,
    )} LIMIT ${most}`
  const selectLedBy = () => {
    if (way.through === 'itself') {
      const { index, where, order = [id] } = way
      const through = (further: SQL) => select(sql`${table} ${index}`, further, order)
      if (after === undefined || way.behind === undefined) return through(sql`${where} AND ${behind(id)}`)
      const parts = way.behind(after).map((part) => sql`SELECT * FROM (${through(part)})`)
      return sql`${sql.join(parts, sql` UNION ALL `)} LIMIT ${most}`
    }
    if (others.length === 0) {
      const where = sql`${way.where} AND ${behind(way.id)}`
      return select(sql`${way.from} CROSS JOIN ${table} ON ${id} = ${way.id}`, where, [way.id])
    }
    const ids = sql.join(
      ways.map((one) => selectIds(one, behind, direction, most)),
      sql` UNION `,
    )
    const nearest = sql`(SELECT id FROM (${ids}) ORDER BY id ${direction} LIMIT ${most})`
    return select(sql`${nearest} w CROSS JOIN ${table} ON ${id} = w.id`, sql.raw('1'), [sql.raw('w.id')])
  }
  const result = await db.run(selectLedBy())
  left.rows -= result.meta.rows_read
  return rowsOf<Row & Looked>(result)
}

function selectIds(way: Way, behind: (column: SQL) => SQL, direction: SQL, most: number): SQL {
  if (way.through === 'itself') throw new Error('Cannot merge a way through the table itself with others')
  return sql`SELECT * FROM (
    SELECT ${way.id} AS id FROM ${way.from} WHERE ${way.where} AND ${behind(way.id)}
    ORDER BY ${way.id} ${direction} LIMIT ${most})`
}

async function readById<Row>(
  db: BillingDb,
  { table, id, beside }: Listing,
  columns: SQL,
  ids: readonly number[],
): Promise<Row[]> {
  if (ids.length === 0) return []
  const result = await db.run(sql`
    SELECT ${columns} FROM ${table} ${beside} WHERE ${id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`)
  return rowsOf<Row>(result)
}

/** So many rows of a term show whether it is a rare one. */
const LOOK = 4

/** A term, how many rows it leads to, counted up to a few, and the id of the last one counted. */
export type TermLook = { term: string; count: number; last: number }

/** Looks at the next few rows of each term, and says how many rows that took. */
export async function lookAtTerms(
  db: BillingDb,
  { terms, termId }: Listing,
  candidates: readonly string[],
  after: number | undefined,
): Promise<{ looks: TermLook[]; rowsRead: number }> {
  if (candidates.length === 0) return { looks: [], rowsRead: 0 }
  const result = await db.run(sql`
    SELECT value AS term, (
      SELECT json_group_array(id) FROM (
        SELECT ${termId} AS id FROM ${terms} WHERE term = value AND ${termId} < ${after ?? BEFORE_ALL}
        ORDER BY ${termId} DESC LIMIT ${LOOK}
      )
    ) AS met
    FROM json_each(${JSON.stringify(candidates)})`)
  const looks = rowsOf<{ term: string; met: string }>(result).map(({ term, met }) => {
    const ids = JSON.parse(met) as number[]
    return { term, count: ids.length, last: ids.at(-1) ?? 0 }
  })
  return { looks, rowsRead: result.meta.rows_read }
}

/** The way to what has the term. */
export function wayOfTerm({ terms, termId }: Listing, term: string): Way {
  return { through: 'another', from: terms, id: termId, where: sql`t.term = ${term}` }
}
