import { sql } from 'drizzle-orm'
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { rowsOf } from '../../shared/db/d1.ts'
import { elementsOf } from '../../shared/db/json-elements.ts'
import { defineConsumer } from '../../shared/handover/consumer/definition.ts'
import { consumerMigration } from '../../shared/handover/consumer/migration.ts'
import { consumerTables } from '../../shared/handover/consumer/tables.ts'
import { defineFeed } from '../../shared/handover/publisher/feed.ts'
import { feedMigration } from '../../shared/handover/publisher/migration.ts'
import { rowOf } from '../../shared/handover/publisher/row.ts'
import { feedColumns, feedColumnsOf, feedTables } from '../../shared/handover/publisher/tables.ts'
import { err, ok } from '../../shared/result.ts'

/**
 * What a record says. `bad` is no content that the consumer can read; `refused` is readable, and the consumer's database
 * refuses it.
 */
export type Content = 'good' | 'bad' | 'refused'
/** A record as it crosses: the least that the protocol needs, so that a history is short. */
type Crossing = { id: number; state: string; content: Content; revision: number; fingerprint: number }
/** How the publisher is reached. */
export type ExplorerEnv = { PUBLISHER: Pick<Fetcher, 'fetch'> }

const NAMES = {
  feed: 'records',
  record: 'record',
  key: 'id',
  keys: 'ids',
  place: 'sequenceNr',
  epochHeader: 'Record-Epoch',
  noticeKey: 'recordId',
} as const

const records = sqliteTable('records', {
  id: integer().primaryKey(),
  state: text({ enum: ['Live', 'Deleted'] }).notNull(),
  publishedAt: text('published_at'),
  content: text({ enum: ['good', 'bad', 'refused'] }).notNull(),
  ...feedColumns(),
})
const { state, ranges } = feedTables('records')

/** The publisher's side, declared as any application declares its own. */
export const recordFeed = defineFeed({
  names: NAMES,
  table: records,
  columns: feedColumnsOf(records, { key: records.id, publishedSince: records.publishedAt }),
  state: { table: state, columns: state },
  ranges: { table: ranges, columns: ranges },
  row: rowOf(records, { without: [records.changedAt] }),
  toRecord: (row: Crossing) => row,
  // What is notified is of no consequence for the hand-over; that it is sent is.
  notices: { judge: (notice) => notice, save: () => Promise.resolve() },
  restoring: {
    parse: (record) => ok(record as Crossing),
    async findTaken(db, sent: readonly Crossing[]) {
      const keys = JSON.stringify(sent.map(({ id }) => id))
      const result = await db.run(sql`SELECT id AS key FROM records WHERE id IN (SELECT value FROM json_each(${keys}))`)
      return rowsOf<{ key: number }>(result).map(({ key }) => ({ key, reason: 'number_taken' }))
    },
    async insert(db, sent, now) {
      await db.run(sql`
        INSERT INTO records (id, state, published_at, content, revision)
        SELECT value ->> 'id', value ->> 'state', ${now}, value ->> 'content', value ->> 'revision' FROM ${elementsOf(sent)}`)
      return sent.map(({ id }) => id)
    },
  },
})

/** What makes the publisher's database. */
export const PUBLISHER_MIGRATION: readonly string[] = [
  `CREATE TABLE records (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    published_at TEXT,
    content TEXT NOT NULL,
    revision INTEGER NOT NULL DEFAULT 0,
    sequence_nr INTEGER NOT NULL DEFAULT -1,
    fingerprint INTEGER NOT NULL DEFAULT (random() & 1099511627775),
    changed_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
  );`,
  ...feedMigration(recordFeed),
]

const tables = consumerTables('record', 'id')
/** Long: a comparison is an action of its own, and a run makes one only where it owes it. */
const COMPARE_EVERY_MINUTES = 1e9

/** The consumer's side. */
export const recordCopies = defineConsumer<ExplorerEnv, Crossing>({
  names: NAMES,
  words: {
    publisher: 'the publisher',
    consumer: 'the consumer',
    record: 'record',
    aRecord: 'a record',
    records: 'records',
  },
  from: (env) => env.PUBLISHER,
  tables,
  parse(record) {
    const read = record as Crossing
    if (read.content === 'bad') return err([{ pointer: '/content', detail: 'Cannot be read' }])
    const { id: key, revision, fingerprint } = read
    return ok({ key, revision, fingerprint, deleted: read.state === 'Deleted', record: read })
  },
  apply: () => [],
  probe: { id: 1, state: 'Live', content: 'good', revision: 1, fingerprint: 0 } satisfies Crossing,
  limits: () => ({
    compareEveryMinutes: COMPARE_EVERY_MINUTES,
    maxLagSeconds: 180,
    maxAgreementAgeMinutes: 30,
    keepRunsDays: 3650,
    keepEvidenceDays: 3650,
  }),
  traced: () => false,
})

/** What makes the consumer's database, with the refusal of some content. */
export const CONSUMER_MIGRATION: readonly string[] = [
  ...consumerMigration(tables),
  ...['INSERT', 'UPDATE'].map(
    (event) => `CREATE TRIGGER record_copies_refuse_${event.toLowerCase()} BEFORE ${event} ON record_copies
WHEN NEW.record ->> 'content' = 'refused'
BEGIN
  SELECT RAISE(ABORT, 'the consumer refuses this content');
END;`,
  ),
]
