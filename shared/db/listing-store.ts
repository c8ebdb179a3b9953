import { sql, type SQL } from 'drizzle-orm'
import { rowsOf } from './d1.ts'
import { compareSortKeys } from '../text/fold.ts'
import { columnsAlong, columnsWhole, completeRows, type LargeColumns, type Weighed } from './large-texts.ts'
import type { Db } from './open-d1.ts'

// A list is read by walking through one index, in the list's order, and passing over what does not fit. No page reads
// more rows than it may, however large the table is: a page may be short, or empty, and the list continue. A list of one
// filter fills its pages; filters that have little in common, of which none leads to few rows, take more of them.

/**
 * What is listed: rows of one table, under the alias that its other parts name it by, and the terms that lead to them.
 * `rowsShown`: how many rows one costs that is shown, beside the way to it.
 */
export type Listing = {
  table: SQL
  id: SQL
  facts: LargeColumns
  beside: SQL
  terms: SQL
  term: SQL
  termId: SQL
  rowsShown: number
}

/**
 * A way to the rows of a list: through the table itself by an index, or to the ids in another table, sorted by them, where an
 * id may come twice. `behind` says what comes after the row with an id where the way is not sorted by id, in parts, one
 * after the other; `order` its columns.
 */
export type Way =
  | { through: 'itself'; index: SQL; where: SQL; behind?: (after: number) => SQL[]; order?: SQL[] }
  | { through: 'another'; from: SQL; id: SQL; where: SQL }
/** One way, whose condition may name the table of the list, or some to other tables alone, which are merged. */
export type Ways = readonly [Way, ...Way[]]

/** Which part of a list is read. `fits` is asked of each row that the ways lead to; `first` stands above all others. */
export type Asked = {
  /** Sorted as the list is. */
  ways: Ways
  fits: SQL
  first?: SQL | undefined
  after: number | undefined
  limit: number
  ascending: boolean
  /** Whether to look further than the part, for how many there are. */
  counted?: boolean
  /** How many rows may be read, or a few more: what is read is taken off. */
  left: { rows: number }
}
/** Ways to the same rows, sorted otherwise than the list. */
export type Few = { ways: Ways; fits: SQL; key: SQL }

/** How many there are: that many were seen, and perhaps there are more. */
export type SeenCount = { count: number; more: boolean }

/**
 * A part of a list, at most MOST_ANSWER_BYTES or one row. It may be short, or empty, and the list continue: `next` is
 * null at the end, and otherwise the id that the next part comes after.
 */
export type ListPart<Row> = { rows: Row[]; next: number | null; seen: SeenCount }

/** What it costs to find a row by its id, beside what is shown of it. */
const ROWS_BY_ID = 2
/** Fewer rows are not worth another statement. */
const LEAST_LOOK = 10
/** The most rows that are read with their texts: these are at most 40 KB each, and a result 50 MB. */
const MOST_WHOLE = 1_000
/** Behind every id, where what stands first fills a page. */
const BEFORE_ALL = Number.MAX_SAFE_INTEGER

type Looked = { rowId: number; fits: 0 | 1 }
/** A row that is shown, with what it was looked at for. */
type Shown<Row> = Row & { rowId: number }

/** A part of all that the ways lead to, sorted by their key; undefined, with rows left for a page, if that is too much. */
export async function readFew<Row>(
  db: Db,
  listing: Listing,
  asked: Asked,
  few: Few,
): Promise<ListPart<Row> | undefined> {
  const { ways, after, limit, ascending, left } = asked
  const spare = left.rows - (limit + 1) * listing.rowsShown
  const most = Math.min(share(spare, rowsOfWays(few.ways) + listing.rowsShown), MOST_WHOLE)
  const columns = sql`
    ${columnsAlong(listing.facts)}, ${few.key} AS sortKey, ${isBehind(listing, ways[0], after, ascending)} AS isNext`
  const met = await look<Row & Weighed & { sortKey: string | number; isNext: 0 | 1 }>(
    db,
    listing,
    { ...asked, ...few },
    { after: undefined, most, columns, beside: listing.beside },
  )
  if (met.length === most) return undefined
  const sign = ascending ? 1 : -1
  const fitting = once(met)
    .filter(({ fits }) => fits === 1)
    .toSorted((one, other) => sign * (compareKeys(one.sortKey, other.sortKey) || one.rowId - other.rowId))
  const rest = fitting.filter(({ isNext }) => isNext === 1)
  const rows = await readTexts<Row>(db, listing, rest.slice(0, limit))
  const next = rest.length > rows.length ? rows.at(-1)?.rowId : undefined
  return { rows: rows.map(withoutLooks), next: next ?? null, seen: { count: fitting.length, more: false } }
}

/**
 * Reads a part of the list, and no more rows than may be read: a page whole, and further if that does not fill it or is to
 * be counted. What does not fit is passed over.
 */
export async function readPart<Row>(db: Db, listing: Listing, asked: Asked): Promise<ListPart<Row>> {
  const { facts, beside, rowsShown } = listing
  const { left } = asked
  const first = asked.first !== undefined && asked.after === undefined ? await readFirst<Row>(db, listing, asked) : []
  const limit = asked.limit - first.length
  if (limit <= 0) return { rows: first.map(withoutLooks), next: BEFORE_ALL, seen: { count: first.length, more: true } }
  const rowsOfWay = rowsOfWays(asked.ways)
  const whole = Math.min(limit + 1, share(left.rows, rowsOfWay + rowsShown))
  const columns = columnsAlong(facts)
  const met = await look<Row & Weighed>(db, listing, asked, { after: asked.after, most: whole, columns, beside })
  const shown = new Map<number, Shown<Row> & Weighed>(met.map((row) => [row.rowId, row]))
  const seen: Looked[] = [...met]
  const findFitting = () => once(seen).filter(({ fits }) => fits === 1)
  const isUnread = ({ rowId }: Looked) => !shown.has(rowId)
  let ended = met.length < whole
  while (!ended) {
    const fitting = findFitting()
    const isFull = fitting.length > limit
    if (isFull && asked.counted !== true) break
    const spare = left.rows - fitting.slice(0, limit).filter(isUnread).length * (ROWS_BY_ID + rowsShown)
    // Until the page is full, each that fits is to be read.
    const most = share(spare, rowsOfWay + 1 + (isFull ? 0 : ROWS_BY_ID + rowsShown))
    if (most < LEAST_LOOK) break
    const place = { after: seen.at(-1)?.rowId, most, columns: undefined, beside: sql`` }
    const more = await look<Looked>(db, listing, asked, place)
    seen.push(...more)
    ended = more.length < most
  }
  const fitting = findFitting()
  const page = fitting.slice(0, limit)
  const unread = page.filter(isUnread).map(({ rowId }) => rowId)
  for (const row of await readById<Row & Weighed>(db, listing, columns, unread)) shown.set(row.rowId, row)
  const found = page.flatMap(({ rowId }) => shown.get(rowId) ?? [])
  const shownRows = [...first, ...(await readTexts<Row>(db, listing, found))]
  const rows = shownRows.map(withoutLooks)
  const count = { count: fitting.length, more: !ended }
  if (rows.length < first.length + found.length) return { rows, next: shownRows.at(-1)?.rowId ?? null, seen: count }
  const next = fitting.length > limit ? page.at(-1)?.rowId : ended ? undefined : seen.at(-1)?.rowId
  return { rows, next: next ?? null, seen: count }
}

/** What rows are looked at for. */
const LOOKS: ReadonlySet<string> = new Set(['rowId', 'fits', 'isNext', 'sortKey'])

/** The row as it was asked for. */
function withoutLooks<Row>(row: Shown<Row>): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !LOOKS.has(name))) as Row
}

/** How many rows ways cost for each row that they lead to, beside that row. */
function rowsOfWays([{ through }]: Ways): number {
  return through === 'itself' ? 0 : 1
}

function share(rows: number, rowsEach: number): number {
  return Math.max(Math.floor(rows / rowsEach), 1)
}

function compareKeys(one: string | number, other: string | number): number {
  return typeof one === 'number' || typeof other === 'number'
    ? Number(one) - Number(other)
    : compareSortKeys(one, other)
}

/** Each row once. */
function once<Row extends { rowId: number }>(rows: readonly Row[]): Row[] {
  return [...new Map(rows.map((row) => [row.rowId, row])).values()]
}

async function readFirst<Row>(db: Db, listing: Listing, { fits, first, limit, left }: Asked): Promise<Shown<Row>[]> {
  const { table, id, facts, beside } = listing
  const result = await db.run(sql`
    SELECT ${columnsAlong(facts)}, ${id} AS rowId FROM ${table} ${beside} WHERE ${first} AND ${fits}
    ORDER BY ${id} DESC LIMIT ${limit}`)
  left.rows -= result.meta.rows_read
  // All of them: what comes behind them is found by its id, and they are not.
  return readTexts<Row>(db, listing, rowsOf<Shown<Row> & Weighed>(result), Infinity)
}

/** As many of the rows as come to `most` bytes, with the texts that were not read along. */
function readTexts<Row>(
  db: Db,
  listing: Listing,
  rows: readonly (Shown<Row> & Weighed)[],
  most?: number,
): Promise<Shown<Row>[]> {
  const readWhole = (ids: number[]) => readById<Row>(db, listing, columnsWhole(listing.facts), ids)
  return completeRows(rows, ({ rowId }: Shown<Row>) => rowId, readWhole, most)
}

/** From where on and how far is looked, and at what beside the id; `beside` is joined for these columns' sake. */
type Place = { after: number | undefined; most: number; columns: SQL | undefined; beside: SQL }

/** What the ways lead to next, whether it fits or not. */
async function look<Row>(
  db: Db,
  listing: Listing,
  { ways, fits, first, ascending, left }: Asked,
  { after, most, columns, beside }: Place,
): Promise<(Row & Looked)[]> {
  const { table, id } = listing
  const direction = directionOf(ascending)
  const fitsToo = first === undefined ? sql`(${fits})` : sql`(${fits}) AND NOT (${first})`
  const select = (from: SQL, where: SQL, order: readonly SQL[]) => sql`
    SELECT ${id} AS rowId, ${fitsToo} AS fits${columns === undefined ? sql`` : sql`, ${columns}`} FROM ${from} ${beside} WHERE ${where}
    ORDER BY ${sql.join(
      order.map((column) => sql`${column} ${direction}`),
      sql`, `,
    )} LIMIT ${most}`
  const selectLedBy = ([way, ...others]: Ways) => {
    if (way.through === 'itself') {
      const { index, where, order = [id] } = way
      const through = (further: SQL) => select(sql`${table} ${index}`, further, order)
      if (way.behind === undefined || after === undefined) {
        return through(sql`${where} AND ${comesAfter(id, after, ascending)}`)
      }
      const parts = way.behind(after).map((part) => sql`SELECT * FROM (${through(part)})`)
      return sql`${sql.join(parts, sql` UNION ALL `)} LIMIT ${most}`
    }
    if (others.length === 0) {
      const where = sql`${way.where} AND ${comesAfter(way.id, after, ascending)}`
      return select(sql`${way.from} CROSS JOIN ${table} ON ${id} = ${way.id}`, where, [way.id])
    }
    const ids = ways.map((one) => selectIds(one, after, ascending))
    // Each is read only as far as the merged ones are.
    const nearest = sql`(${sql.join(ids, sql` UNION `)} ORDER BY id ${direction} LIMIT ${most})`
    return select(sql`${nearest} w CROSS JOIN ${table} ON ${id} = w.id`, sql.raw('1'), [sql.raw('w.id')])
  }
  const result = await db.run(selectLedBy(ways))
  left.rows -= result.meta.rows_read
  return rowsOf<Row & Looked>(result)
}

function selectIds(way: Way, after: number | undefined, ascending: boolean): SQL {
  if (way.through === 'itself') throw new Error('Cannot merge a way through the table itself with others')
  return sql`SELECT ${way.id} AS id FROM ${way.from} WHERE ${way.where} AND ${comesAfter(way.id, after, ascending)}`
}

/** That the row comes after the one with that id, in a list that is sorted as the way is, or by id. */
function isBehind({ id }: Listing, way: Way, after: number | undefined, ascending: boolean): SQL {
  if (way.through === 'another' || way.behind === undefined || after === undefined) {
    return comesAfter(id, after, ascending)
  }
  return sql`(${sql.join(way.behind(after), sql` OR `)})`
}

function comesAfter(id: SQL, after: number | undefined, ascending: boolean): SQL {
  return after === undefined ? sql.raw('1') : sql`${id} ${sql.raw(ascending ? '>' : '<')} ${after}`
}

function directionOf(ascending: boolean): SQL {
  return sql.raw(ascending ? 'ASC' : 'DESC')
}

async function readById<Row>(
  db: Db,
  { table, id, beside }: Listing,
  columns: SQL,
  ids: readonly number[],
): Promise<Shown<Row>[]> {
  if (ids.length === 0) return []
  const result = await db.run(sql`
    SELECT ${columns}, ${id} AS rowId FROM ${table} ${beside}
    WHERE ${id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`)
  return rowsOf<Shown<Row>>(result)
}

/** How many rows of a term are looked at to tell whether it is a rare one. */
const LOOK = 4

/** A term, and whether it leads to any row, as far as is known. */
export type TermLook = { term: string; leads: boolean }

/**
 * Looks at the next few rows of each term, unless there is nothing to choose from, and says how many rows that took. The
 * rarest come first: of two that lead to many, the one whose next few are spread more widely.
 */
export async function lookAtTerms(
  db: Db,
  { terms, term, termId }: Listing,
  candidates: readonly string[],
  { after, ascending }: { after: number | undefined; ascending: boolean },
): Promise<{ looks: TermLook[]; rowsRead: number }> {
  if (candidates.length < 2) return { looks: candidates.map((term) => ({ term, leads: true })), rowsRead: 0 }
  const result = await db.run(sql`
    SELECT value AS term, (
      SELECT json_group_array(id) FROM (
        SELECT ${termId} AS id FROM ${terms} WHERE ${term} = value AND ${comesAfter(termId, after, ascending)}
        ORDER BY ${termId} ${directionOf(ascending)} LIMIT ${LOOK}
      )
    ) AS met
    FROM json_each(${JSON.stringify(candidates)})`)
  const sign = ascending ? -1 : 1
  const looks = rowsOf<{ term: string; met: string }>(result)
    .map(({ term, met }) => {
      const ids = JSON.parse(met) as number[]
      return { term, leads: ids.length > 0, count: ids.length, last: ids.at(-1) ?? 0 }
    })
    .toSorted((one, other) => one.count - other.count || sign * (one.last - other.last))
  return { looks, rowsRead: result.meta.rows_read }
}

/** The way to what has the term. */
export function wayOfTerm({ terms, term, termId }: Listing, sought: string): Way {
  return { through: 'another', from: terms, id: termId, where: sql`${term} = ${sought}` }
}
