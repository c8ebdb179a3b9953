import { index, integer, real, type SQLiteColumn, type SQLiteTable, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { sql } from 'drizzle-orm'

/** How a consumer's tables are called, by what is in them. */
export type TableNames = Record<
  'pull' | 'epochs' | 'runs' | 'copies' | 'ranges' | 'quarantine' | 'repairs' | 'outbox' | 'resets' | 'aborts',
  string
>

/**
 * How the columns are called that have a name of the application's own: the record's key, in the tables of copies and of the
 * quarantine; the key where a table refers to a copy; and how many copies a range has.
 */
export type ColumnNames = { key: string; reference: string; count: string }

function counts<Count>(count: () => Count) {
  return {
    created: count(),
    changed: count(),
    removed: count(),
    unchanged: count(),
    quarantined: count(),
    batches: count(),
  }
}

/** The columns of the one row that says where the pull stands; a consumer may add what else an idle run is to read. */
export function pullColumns() {
  return {
    id: integer().primaryKey(),
    token: text(),
    epoch: text(),
    repair: text({ enum: ['owed', 'reading'] }),
    batchId: text('batch_id'),
    runId: text('run_id'),
    runBy: text('run_by'),
    runStartedAt: text('run_started_at'),
    leaseUntil: real('lease_until').notNull().default(0),
    ...counts(() => integer().notNull().default(0)),
    lastSuccessAt: text('last_success_at'),
    agreedUpTo: integer('agreed_up_to'),
    agreedAt: text('agreed_at'),
    comparedAt: text('compared_at'),
  }
}

/** The columns of a copy; a consumer may add one that is derived from the record. */
export function copyColumns(key: string) {
  return {
    key: integer(key).primaryKey(),
    revision: integer().notNull(),
    fingerprint: integer(),
    epoch: text().notNull(),
    deleted: integer().notNull(),
    orphaned: integer().notNull().default(0),
    record: text().notNull(),
    source: text({ enum: ['pull', 'deep-link'] }).notNull(),
    fetchedAt: text('fetched_at').notNull(),
    runId: text('run_id'),
  }
}

/** The tables of a consumer that has no names of its own for them: `{name}_copies`, `{name}_pull` and so on. */
export function consumerTables(name: string, key: string) {
  return namedTables(
    {
      pull: `${name}_pull`,
      epochs: `${name}_epochs`,
      runs: `${name}_runs`,
      copies: `${name}_copies`,
      ranges: `${name}_ranges`,
      quarantine: `${name}_quarantine`,
      repairs: `${name}_repairs`,
      outbox: `${name}_outbox`,
      resets: `${name}_resets`,
      aborts: `${name}_aborts`,
    },
    { key, reference: `${name}_${key}`, count: 'copies' },
  )
}

/** The tables that a consumer needs. Its migrations make them, with the triggers that keep their rows. */
export function namedTables(tables: TableNames, columns: ColumnNames) {
  return {
    pull: sqliteTable(tables.pull, pullColumns()),
    epochs: sqliteTable(tables.epochs, {
      nr: integer().primaryKey(),
      epoch: text().notNull().unique(),
      firstSeenAt: text('first_seen_at').notNull(),
      repairedAt: text('repaired_at'),
    }),
    runs: sqliteTable(tables.runs, {
      nr: integer().primaryKey(),
      runId: text('run_id').notNull(),
      runBy: text('run_by').notNull(),
      startedAt: text('started_at').notNull(),
      finishedAt: text('finished_at').notNull(),
      outcome: text({ enum: ['ok', 'failed'] }).notNull(),
      ...counts(() => integer().notNull()),
      token: text(),
      epoch: text(),
      error: text(),
    }),
    copies: sqliteTable(tables.copies, copyColumns(columns.key)),
    ranges: sqliteTable(tables.ranges, {
      range: integer().primaryKey(),
      copies: integer(columns.count).notNull(),
      fingerprints: integer().notNull(),
    }),
    quarantine: sqliteTable(
      tables.quarantine,
      {
        subject: text().primaryKey(),
        key: integer(columns.key),
        revision: integer(),
        error: text().notNull(),
        batchToken: text('batch_token'),
        attempts: integer().notNull().default(1),
        firstSeenAt: text('first_seen_at').notNull(),
        lastSeenAt: text('last_seen_at').notNull(),
        nextTryAt: text('next_try_at').notNull(),
        closedAt: text('closed_at'),
      },
      (table) => [
        index(`${tables.quarantine}_open`).on(table.closedAt, table.nextTryAt),
        index(`${tables.quarantine}_${columns.key}`).on(table.key),
      ],
    ),
    repairs: sqliteTable(tables.repairs, {
      nr: integer().primaryKey(),
      key: integer(columns.reference).notNull(),
      why: text().$type<'restored' | 'drift'>().notNull(),
      before: text(),
      after: text(),
      runId: text('run_id'),
      at: text().notNull(),
    }),
    outbox: sqliteTable(
      tables.outbox,
      {
        subject: text().primaryKey(),
        version: integer().notNull(),
        key: integer(columns.reference).notNull(),
        notice: text().notNull(),
        pending: integer().notNull().default(1),
        refused: integer().notNull().default(0),
      },
      (table) => [
        index(`${tables.outbox}_pending`).on(table.pending, table.subject),
        index(`${tables.outbox}_refused`)
          .on(table.subject)
          .where(sql`${table.refused} = 1`),
      ],
    ),
    resets: sqliteTable(tables.resets, {
      nr: integer().primaryKey(),
      tokenBefore: text('token_before'),
      tokenAfter: text('token_after'),
      epoch: text(),
      resetBy: text('reset_by').notNull(),
      at: text().notNull(),
    }),
    aborts: sqliteTable(tables.aborts, { why: text().notNull() }),
  }
}

type Tables = ReturnType<typeof namedTables>
/** The tables by what is in them. Each may have further columns, which are the application's. */
export type ConsumerTables = {
  readonly [Name in keyof Tables]: SQLiteTable & {
    readonly [Column in keyof Tables[Name]['_']['columns']]: SQLiteColumn
  }
}

/** A row of each as it is read. */
export type Row<Name extends keyof Tables> = Tables[Name]['$inferSelect']
