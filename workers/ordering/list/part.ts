import { cutByBytes, MOST_ANSWER_BYTES } from '../../../shared/db/byte-limits.ts'
import { compareSortKeys } from '../../../shared/text/fold.ts'
import { termsOf } from '../../../shared/text/search-terms.ts'
import type { OrderingDb } from '../db.ts'
import type { OrderListFilter } from './filter.ts'
import { type ListedOrder, lookAtTerms, meet, meetWhole, type Met, readListed, type RowsLeft } from './list-store.ts'
import { type Way, type Ways, waysOf } from './way-store.ts'

/**
 * Part of the list. `next` is the number of the order after which the next part begins, null at the end. A part may be
 * short, or empty, and the list go on: only so many rows are read for one.
 */
export type OrderListPage = { listed: ListedOrder[]; next: number | null }
/** How many there are: so many were seen, and perhaps there are more. */
export type SeenCount = { count: number; more: boolean }
/**
 * What is asked of a part of the list. `counted`: whether to look further than the part, for how many there are;
 * `beside`: what is read at the same time, of the same rows.
 */
export type Asked = { after: number | undefined; limit: number; counted: boolean; beside?: Promise<unknown> }
export type Part = OrderListPage & { seen: SeenCount }

/** So many orders of a term show whether it is a rare one. */
const LOOK = 4
/** What an order costs that is read by its number: a row of the list of numbers, and its own. */
const ROWS_BY_NUMBER = 2
/** Of the rows that a part may read, it is not worth asking for a smaller share. */
const LEAST_SHARE = 1 / 16

/** Reads a part of the list, with as many rows as are left or a few more. */
export async function readPart(db: OrderingDb, filter: OrderListFilter, asked: Asked, left: RowsLeft): Promise<Part> {
  const terms = termsOf(filter.q)
  const term = terms.length < 2 ? terms[0] : await findRarest(db, terms, filter, asked.after, left)
  const ways = waysOf(filter, term)
  const few = ways.few === undefined ? undefined : await readFew(db, ways.few, ways.exact, filter, asked, left)
  return cutPart(few ?? (await readSorted(db, ways, filter, asked, left)))
}

/** The part as far as an answer takes it, which is one order at least. */
function cutPart(part: Part): Part {
  const [listed = []] = cutByBytes(part.listed, MOST_ANSWER_BYTES, ({ bytes }) => bytes)
  if (listed.length === part.listed.length) return part
  return { ...part, listed, next: listed.at(-1)?.order.number ?? null }
}

/** The term that the fewest orders stand under, as far as can be told from the next few of each. */
async function findRarest(
  db: OrderingDb,
  terms: readonly string[],
  filter: OrderListFilter,
  after: number | undefined,
  left: RowsLeft,
): Promise<string | undefined> {
  const looks = await lookAtTerms(db, terms, { filter, after, limit: LOOK }, left)
  const sign = filter.ascending ? -1 : 1
  return looks.toSorted((one, other) => one.count - other.count || sign * (one.last - other.last))[0]?.term
}

/** All that a way leads to, if that is not too much: sorted here, and exact. */
async function readFew(
  db: OrderingDb,
  way: Way,
  exact: Way | undefined,
  filter: OrderListFilter,
  { after, limit }: Asked,
  left: RowsLeft,
): Promise<Part | undefined> {
  const most = Math.floor((left.rows - limit * ROWS_BY_NUMBER) / way.rowsEach) - ROWS_BY_NUMBER
  if (most < 1) return undefined
  const met = await meet(db, way, { filter, after, limit: most }, left)
  if (met.length === most) return undefined
  const found = exact === undefined ? [] : await meet(db, exact, { filter, after, limit: 1 }, left)
  const fitting = once([...met, ...found])
    .filter(({ fits }) => fits)
    .toSorted(comparing(filter))
  const behind = fitting.filter(({ isNext }) => isNext)
  const listed = await readListed(
    db,
    behind.slice(0, limit).map(({ number }) => number),
    left,
  )
  return {
    listed,
    next: behind.length > listed.length ? (listed.at(-1)?.order.number ?? null) : null,
    seen: { count: fitting.length, more: false },
  }
}

/** What comes next in the list's own order: a page's worth whole, and further if that does not fill it or is to be counted. */
async function readSorted(
  db: OrderingDb,
  { sorted, exact }: Ways,
  filter: OrderListFilter,
  { after, limit, counted, beside }: Asked,
  left: RowsLeft,
): Promise<Part> {
  const ways: [Way, ...Way[]] = exact === undefined ? [sorted] : [sorted, exact]
  const [first = [], searched = []] = await meetWhole(db, ways, { filter, after, limit: limit + 1 }, left)
  await beside
  const read = [...first, ...searched].flatMap(({ listed }) => listed ?? [])
  const whole = new Map(read.map((one) => [one.order.number, one]))
  const least = Math.max(left.rows * LEAST_SHARE, 1)
  const met: Met[] = [...first]
  let ended = first.length <= limit
  for (;;) {
    const fitting = met.filter(({ fits }) => fits)
    const unread = fitting.slice(0, limit).filter(({ number }) => !whole.has(number)).length
    const spare = left.rows - unread * ROWS_BY_NUMBER
    // Half is kept for reading what will fit, until the page is full.
    const rows = fitting.length < limit ? spare / 2 : counted ? spare : 0
    const most = Math.floor(rows / sorted.rowsEach)
    if (ended || most < least) break
    const more = await meet(db, sorted, { filter, after: met.at(-1)?.number, limit: most }, left)
    met.push(...more)
    ended = more.length < most
  }
  const last = met.at(-1)
  // The order whose number was searched has its place among the others; it waits until the list has come there.
  const reached = searched.filter((one) => ended || (last !== undefined && comparing(filter)(one, last) <= 0))
  const fitting = once(reached.length === 0 ? met : [...met, ...reached].toSorted(comparing(filter))).filter(
    ({ fits }) => fits,
  )
  const listed = await readPage(db, fitting.slice(0, limit), whole, left)
  const seen = { count: fitting.length, more: !ended }
  if (fitting.length > listed.length) return { listed, next: listed.at(-1)?.order.number ?? null, seen }
  return { listed, next: ended ? null : (last?.number ?? null), seen }
}

/** The orders as far as the rows suffice, which is one at least; those that were read whole already cost none. */
async function readPage(
  db: OrderingDb,
  page: readonly Met[],
  whole: ReadonlyMap<number, ListedOrder>,
  left: RowsLeft,
): Promise<ListedOrder[]> {
  const numbers = page.map(({ number }) => number)
  const unread = numbers.filter((number) => !whole.has(number))
  const most = Math.max(Math.floor(left.rows / ROWS_BY_NUMBER), 1)
  const read = await readListed(db, unread.slice(0, most), left)
  const known = new Map([...whole, ...read.map((one) => [one.order.number, one] as const)])
  const end = numbers.findIndex((number) => !known.has(number))
  return numbers.slice(0, end === -1 ? numbers.length : end).flatMap((number) => known.get(number) ?? [])
}

function comparing({ ascending }: OrderListFilter): (one: Met, other: Met) => number {
  const sign = ascending ? 1 : -1
  return (one, other) => sign * (compareKeys(one, other) || one.number - other.number)
}

function compareKeys({ key: one }: Met, { key: other }: Met): number {
  return typeof one === 'number' || typeof other === 'number'
    ? Number(one) - Number(other)
    : compareSortKeys(one, other)
}

/** Each order once: one may have been rejected more than once. */
function once(met: readonly Met[]): Met[] {
  return [...new Map(met.map((one) => [one.number, one])).values()]
}
