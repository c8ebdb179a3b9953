import { sql, type SQL } from 'drizzle-orm'
import { fold, searchedForms, searchedNumber } from '../../../shared/text/fold.ts'
import { termsOf } from '../../../shared/text/search-terms.ts'
import type { BillingDb } from '../db.ts'
import type { CreditNoteFilter, SoughtAmount } from './filter.ts'
import {
  type Listing,
  type ListPart,
  lookAtTerms,
  readPart,
  type Way,
  type Ways,
  wayOfTerm,
} from '../../../shared/db/listing-store.ts'

/** What is found by a search: a listing, and its columns by what they say. */
export type FoundListing = Listing & {
  /** Name and external id, as `searchedIn` gives them. */
  searched: SQL
  /** Numbers of documents that a search may be the beginning of. */
  numbers: readonly SQL[]
  amount: SQL
  currency: SQL
  issuedOn: SQL
  /** The index by day, the number that is second in it, and both in the row with an id. */
  issued: { index: SQL; number: SQL; dayOf: (id: number) => SQL; numberOf: (id: number) => SQL }
  /** That the row is of the order with this number. */
  isOfOrder: (orderNumber: number) => SQL
}

/** Where a list goes on and how far: `after` is the id that the page before ended with. */
export type ListPlace = { after: number | undefined; limit: number; oldestFirst?: boolean }

/** What else narrows a list: a way that leads to few, and conditions. `usual` is the way where nothing leads to fewer. */
export type Narrowing = { few: Way | undefined; conditions: readonly SQL[]; usual: Way }

/** The most rows that a page of 50 reads, what tells the rarest term included, and a few more, however many there are. */
const PAGE_ROWS = 165
const PAGE = 50
/** One or two letters lead through no index: rows are looked at until a page is full, and at most this many. */
const SHORT_SEARCH_ROWS = 1_000
/**
 * A page of what the filter lets through: the highest id first unless the oldest is asked for, and the last issued first
 * where days are asked for and nothing leads to fewer. What is of the order whose number is searched stands above all. A
 * page may be short, or empty, and the list continue, since the rows that are read for one are bounded.
 */
export async function listFound<Row extends { id: number }>(
  db: BillingDb,
  listing: FoundListing,
  filter: CreditNoteFilter,
  { few, conditions, usual }: Narrowing,
  { after, limit, oldestFirst = false }: ListPlace,
): Promise<ListPart<Row>> {
  const { q } = filter
  const found =
    few === undefined
      ? await findWays(db, listing, filter, { after, ascending: oldestFirst })
      : { ways: [few] as const, rowsRead: 0 }
  const number = q === undefined ? undefined : searchedNumber(q)
  const fits = [...conditions, ...conditionsOf(listing, filter)]
  const rows = isLedNowhere(filter) ? SHORT_SEARCH_ROWS : PAGE_ROWS
  return readPart<Row>(db, listing, {
    ways: found.ways ?? [usual],
    fits: fits.length === 0 ? sql.raw('1') : sql.join(fits, sql` AND `),
    first: number === undefined ? undefined : listing.isOfOrder(number),
    after,
    limit,
    ascending: oldestFirst,
    left: { rows: Math.ceil(limit / PAGE) * rows - found.rowsRead },
  })
}

/** The way through a table itself. */
export function through(index: string, where: SQL): Way {
  return { through: 'itself', index: sql.raw(index), where }
}

/** How many characters of a document's number lead to it: fewer are meant as something else. */
const BEGINNING = 3

/** Whether a search has no three letters that would lead to what it finds. */
function isLedNowhere({ q, amounts }: CreditNoteFilter): boolean {
  return q !== undefined && amounts.length === 0 && termsOf(q).length === 0
}

/** What leads to the fewest rows; `ways` is undefined where nothing of the filter leads to any. */
async function findWays(
  db: BillingDb,
  listing: FoundListing,
  filter: CreditNoteFilter,
  place: { after: number | undefined; ascending: boolean },
): Promise<{ ways: Ways | undefined; rowsRead: number }> {
  const { q = '', amounts, issuedFrom, issuedTo } = filter
  const texts = amounts.length > 0 ? [] : termsOf(q)
  // Each of these may lead to what is found; of a text's terms one leads to all that the text does.
  const others =
    amounts.length > 0 ? amounts.map(({ amount }) => `=${amount}`) : texts.length > 0 ? beginningsIn(q) : []
  if (texts.length + others.length === 0) {
    const byDay = issuedFrom !== undefined || issuedTo !== undefined
    return { ways: byDay ? [wayByDay(listing, filter)] : undefined, rowsRead: 0 }
  }
  const { looks, rowsRead } = await lookAtTerms(db, listing, [...texts, ...others], place)
  const rarest = looks.find(({ term }) => texts.includes(term))
  const leading = looks.filter((one) => one.leads && (one === rarest || others.includes(one.term)))
  const [way, ...further] = leading.map(({ term }) => wayOfTerm(listing, term))
  return { ways: way === undefined ? [NOWHERE] : [way, ...further], rowsRead }
}

const NOWHERE: Way = { through: 'itself', index: sql.raw(''), where: sql.raw('0') }

/** The beginning of a document's number that a search may be. */
function beginningsIn(q: string): string[] {
  const beginning = fold(q)
  return beginning.length >= BEGINNING && /^C?\d/.test(beginning) ? [`#${beginning}`] : []
}

function wayByDay(
  { issuedOn, issued: { index, number, dayOf, numberOf } }: FoundListing,
  filter: CreditNoteFilter,
): Way {
  // Behind a row only the first day bounds it: of two upper bounds SQLite may enter the index by the wider one.
  const further = wasIssued(issuedOn, { ...filter, issuedTo: undefined })
  return {
    through: 'itself',
    index,
    where: wasIssued(issuedOn, filter),
    behind: (after) => [
      sql`${issuedOn} = ${dayOf(after)} AND ${number} < ${numberOf(after)}`,
      sql`${further} AND ${issuedOn} < ${dayOf(after)}`,
    ],
    order: [issuedOn, number],
  }
}

function conditionsOf(listing: FoundListing, filter: CreditNoteFilter): SQL[] {
  const { q, amounts, currency, issuedFrom, issuedTo } = filter
  return [
    ...(q === undefined ? [] : [isFoundBy(listing, q)]),
    ...(amounts.length === 0 ? [] : [comesTo(listing, amounts)]),
    ...(currency === undefined ? [] : [sql`${listing.currency} = ${currency}`]),
    ...(issuedFrom === undefined && issuedTo === undefined ? [] : [wasIssued(listing.issuedOn, filter)]),
  ]
}

function isFoundBy({ searched, numbers, isOfOrder }: FoundListing, q: string): SQL {
  const beginning = fold(q)
  const number = searchedNumber(q)
  const ways = [
    // instr and not LIKE: what is searched is taken literally, and D1 refuses patterns of more than 50 bytes.
    ...searchedForms(q).map((form) => sql`instr(${searched}, ${form}) > 0`),
    ...(beginning.length < BEGINNING ? [] : numbers).map(
      (one) => sql`substr(${one}, 1, ${[...beginning].length}) = ${beginning}`,
    ),
    ...(number === undefined ? [] : [isOfOrder(number)]),
  ]
  return sql`(${sql.join(ways, sql` OR `)})`
}

function comesTo({ amount, currency }: FoundListing, sought: readonly SoughtAmount[]): SQL {
  const each = sought.map(
    ({ amount: one, currencies }) => sql`(${amount} = ${one} AND instr(${currencies.join(' ')}, ${currency}) > 0)`,
  )
  return sql`(${sql.join(each, sql` OR `)})`
}

function wasIssued(day: SQL, { issuedFrom, issuedTo }: Pick<CreditNoteFilter, 'issuedFrom' | 'issuedTo'>): SQL {
  // What was not issued has no day, which no bound is met by.
  const last = issuedTo === undefined ? sql.raw('1') : sql`${day} <= ${issuedTo}`
  return issuedFrom === undefined ? last : sql`${day} >= ${issuedFrom} AND ${last}`
}
