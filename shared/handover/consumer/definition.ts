import type { SQL } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { type Db, recordStatements, type Statement } from '../../db/open-d1.ts'
import type { Release } from '../../db/release.ts'
import type { Log } from '../../edge/log.ts'
import type { FieldError } from '../../edge/problem.ts'
import { HandoverError } from '../error.ts'
import { type Answers, answersOf, type FeedNames } from '../protocol.ts'
import { plainName } from '../sql-names.ts'
import { describeFieldErrors, type Parser, readRecord, type ReadRecord } from './record.ts'
import type { ConsumerTables } from './tables.ts'

/**
 * Who acts, when, by which request, and with what: handed down from the doors. `now` is an ISO 8601 instant, `by` an
 * email or `cron`. `requestId` is a UUID: calls to the publisher are traced by it.
 */
export type Context<E> = { env: E; db: Db; by: string; now: string; requestId: string; log: Log }

/** What is said to people, as in the middle of a sentence: `depot`, `desk`, `shipment`, `a shipment`, `shipments`. */
export type Words = { publisher: string; consumer: string; record: string; aRecord: string; records: string }

/** The word as a sentence begins with it. */
export function capitalize(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1)
}

/** What is wrong with a record that the consumer's database does not take. */
export function refusedByDatabase({ consumer, record }: Words): FieldError[] {
  return [{ pointer: '', detail: `${capitalize(consumer)}’s database refuses this ${record}` }]
}

/** Whom records come from, under which names, and how they are called. `from` is a binding, or anything with its `fetch`. */
export type Publisher<E> = { names: FeedNames; words: Words; from: (env: E) => Pick<Fetcher, 'fetch'> }

/** How late is too late: past these the consumer is degraded. */
export type HealthLimits = { maxLagSeconds: number; maxAgreementAgeMinutes: number }
/** How often both sides are compared, and how long runs, and evidence of what was changed, are kept. */
export type Limits = HealthLimits & { compareEveryMinutes: number; keepRunsDays: number; keepEvidenceDays: number }

/** Integers of the application's own that are read along with where the pull stands, each by an SQL expression. */
type Facts<Name extends string> = Readonly<Record<Name, SQL>>
type FactValues<Name extends string> = Readonly<Record<Name, number>>

/** A reset as it is about to be done. Tokens are null for the feed's start. */
export type NewReset = {
  tokenBefore: string | null
  tokenAfter: string | null
  resetBy: string
  at: string
  requestId: string
}

/** What an application declares of the records that it reads: all that is its own. */
export type Definition<E, R, Start extends string, Health extends string> = Publisher<E> & {
  tables: ConsumerTables
  /** The migrations without which no run reads; without it the database is taken for complete. */
  release?: Release
  parse: Parser<R>
  /** What a copy keeps beside its record, made from it, as to be searched by. */
  derived?: { column: SQLiteColumn; from: (record: R) => string }
  /**
   * What follows from copies that were stored, in the transaction that stores them: it needs no condition of its own, since
   * a batch that may not be stored undoes its whole transaction. Statements must bear being run again.
   */
  apply: (db: Db, keys: readonly number[], now: string) => readonly Statement[]
  /** Done before each run reads the feed; the run's first round trip reads the facts. */
  beforeReading?: { facts: Facts<Start>; act: (context: Context<E>, facts: FactValues<Start>) => Promise<unknown> }
  /** What else records a reset, in its transaction. */
  recordReset?: (db: Db, reset: NewReset) => readonly Statement[]
  /** Reasons of the application's own why the consumer is degraded, in sentences without a full stop. */
  health?: { facts: Facts<Health>; reasons: (facts: FactValues<Health>) => string[] }
  /** A record that a healthy database takes: it tells bad data from a bad database, and is never stored. */
  probe: unknown
  limits: (env: E) => Limits
  /** Whether the log says what became of each record. */
  traced: (env: E) => boolean
}

/** A consumer as the functions of this room take it; made by `defineConsumer` alone. */
export type Consumer<E, R> = Publisher<E> &
  Pick<
    Definition<E, R, string, string>,
    'tables' | 'release' | 'parse' | 'derived' | 'apply' | 'recordReset' | 'limits' | 'traced'
  > & {
    answers: Answers
    probe: ReadRecord<R>
    beforeReading: { facts: Facts<string>; act: (context: Context<E>, facts: object) => Promise<unknown> }
    health: { facts: Facts<string>; reasons: (facts: object) => string[] }
  }

/**
 * A consumer of a feed. Throws a HandoverError, when the program starts, for a declaration that would lose records or
 * change tables that are not the application's.
 */
export function defineConsumer<E, R, Start extends string = never, Health extends string = never>(
  definition: Definition<E, R, Start, Health>,
): Consumer<E, R> {
  const { names, tables, derived, parse, beforeReading, health } = definition
  refuseNames(names)
  refuseTables(tables, derived?.column)
  const probe = readRecord(names, parse, definition.probe)
  if (!probe.ok) {
    const wrong = describeFieldErrors(probe.error.errors)
    throw new HandoverError(
      'probe_is_unreadable',
      `Give a probe that the consumer’s own parser takes. It says: ${wrong}`,
    )
  }
  refuseTargets(definition, probe.value.key)
  return {
    ...definition,
    answers: answersOf(names),
    probe: probe.value,
    beforeReading: {
      facts: beforeReading?.facts ?? {},
      act: async (context, facts) => beforeReading?.act(context, facts as FactValues<Start>),
    },
    health: { facts: health?.facts ?? {}, reasons: (facts) => health?.reasons(facts as FactValues<Health>) ?? [] },
  }
}

const FEED_NAME = /^[a-z][a-z0-9-]*$/
const MEMBER_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

function refuseNames({ feed, record, key, keys, place, noticeKey }: FeedNames): void {
  if (!FEED_NAME.test(feed)) {
    throw new HandoverError(
      'name_is_no_identifier',
      `Name the feed by small letters, digits and hyphens; ${quote(feed)} is no such name`,
    )
  }
  const invalid = [record, key, keys, place, noticeKey].find((name) => !MEMBER_NAME.test(name))
  if (invalid === undefined) return
  throw new HandoverError(
    'name_is_no_identifier',
    `Name members by letters, digits and _; ${quote(invalid)} is no such name`,
  )
}

function refuseTables(tables: ConsumerTables, derived: SQLiteColumn | undefined): void {
  for (const table of Object.values(tables)) {
    const columns = Object.values(table).filter((member): member is SQLiteColumn => 'columnType' in member)
    for (const named of [table, ...columns]) plainName(named)
  }
  const { key } = tables.copies
  if (key.columnType !== 'SQLiteInteger' || !key.primary) {
    const type = `${key.getSQLType()}${key.primary ? '' : ', not the primary key'}`
    throw new HandoverError(
      'key_is_no_integer',
      `Make the column ${quote(key.name)} of copies an integer primary key; it is ${type}`,
    )
  }
  if (derived !== undefined && derived.table !== tables.copies) {
    throw new HandoverError(
      'derived_is_of_another_table',
      `Derive a column of copies; ${quote(derived.name)} is of another table`,
    )
  }
}

const WRITTEN = /\b(?:(?:INSERT|REPLACE)(?:\s+OR\s+\w+)?\s+INTO|UPDATE(?:\s+OR\s+\w+)?|DELETE\s+FROM)\s+"?(\w+)/gi
const EXAMPLE_INSTANT = '2000-01-01T00:00:00.000Z'

/** The outbox alone is written by both: the application's notices go through it. */
function refuseTargets<E, R>({ tables, apply }: Pick<Consumer<E, R>, 'tables' | 'apply'>, key: number): void {
  const { outbox: _, ...others } = tables
  const own = new Set<string>(Object.values(others).map(plainName))
  const texts = recordStatements((db) => apply(db, [key], EXAMPLE_INSTANT))
  for (const text of texts) {
    const target = [...text.matchAll(WRITTEN)]
      .map(([, table]) => table ?? '')
      .find((table) => own.has(table.toLowerCase()))
    if (target === undefined) continue
    const why = 'its rows are the hand-over’s, and what another writes there is lost or loses records'
    throw new HandoverError(
      'apply_writes_a_table_of_the_handover',
      `Let apply write tables of its own; it writes ${quote(target)}: ${why}`,
    )
  }
}

function quote(name: string): string {
  return JSON.stringify(name)
}
