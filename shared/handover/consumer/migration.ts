import { KEYS, RANGE_SIZE } from '../protocol.ts'
import { plainName } from '../sql-names.ts'
import type { AbortReason } from './abort-store.ts'
import type { ConsumerTables } from './tables.ts'

const ABORT_REASONS: Record<AbortReason, true> = {
  token_moved: true,
  epoch_not_current: true,
  not_as_compared: true,
  run_lost: true,
  trial_ended: true,
}

/**
 * The SQL that makes a consumer's tables and the triggers that keep their rows: statements for a migration. Columns that the
 * application adds to them, and indexes of its own, it writes itself.
 */
export function consumerMigration(tables: ConsumerTables): string[] {
  return [...pullTables(tables), ...besideTables(tables), ...copyTables(tables), ...copyTriggers(tables)]
}

/** The triggers of the copies and of the row of the pull alone. */
export function consumerTriggers(tables: ConsumerTables): string[] {
  return [pullTrigger(tables), ...copyTriggers(tables)]
}

function pullTables(tables: ConsumerTables): string[] {
  const { pull, epochs, runs, resets, aborts } = tables
  const [row, epochTable, runTable, resetTable, abortTable] = [pull, epochs, runs, resets, aborts].map(plainName)
  return [
    `-- One row: where the pull stands, in which history, and the run in progress. The lease keeps runs apart; what keeps
-- the data right is that the transaction of each batch begins with a compare-and-set on the token.
CREATE TABLE ${row} (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  -- NULL: from the start.
  token TEXT,
  -- The newest epoch learned; NULL before the first answer.
  epoch TEXT,
  -- 'owed': the feed is to be read again under the epoch; 'reading': it is being read.
  repair TEXT CHECK (repair IN ('owed', 'reading')),
  -- The batch that moved the token last: its transaction is aborted unless it is named here.
  batch_id TEXT,
  run_id TEXT,
  run_by TEXT,
  run_started_at TEXT,
  lease_until REAL NOT NULL DEFAULT 0,
  created INTEGER NOT NULL DEFAULT 0,
  changed INTEGER NOT NULL DEFAULT 0,
  removed INTEGER NOT NULL DEFAULT 0,
  unchanged INTEGER NOT NULL DEFAULT 0,
  quarantined INTEGER NOT NULL DEFAULT 0,
  batches INTEGER NOT NULL DEFAULT 0,
  last_success_at TEXT,
  agreed_up_to INTEGER,
  agreed_at TEXT,
  compared_at TEXT
);`,
    `INSERT INTO ${row} (id) VALUES (1);`,
    pullTrigger(tables),
    `-- Every epoch ever learned, in the order of learning; the newest is current, the others are retired.
CREATE TABLE ${epochTable} (
  nr INTEGER PRIMARY KEY,
  epoch TEXT NOT NULL UNIQUE,
  first_seen_at TEXT NOT NULL,
  repaired_at TEXT
);`,
    `-- Runs that ended. The one in progress is in ${row}, so that an idle run writes three rows.
CREATE TABLE ${runTable} (
  nr INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL,
  run_by TEXT NOT NULL,
  started_at TEXT NOT NULL,
  finished_at TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('ok', 'failed')),
  created INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  removed INTEGER NOT NULL,
  unchanged INTEGER NOT NULL,
  quarantined INTEGER NOT NULL,
  batches INTEGER NOT NULL,
  token TEXT,
  epoch TEXT,
  error TEXT
);`,
    `CREATE TABLE ${resetTable} (
  nr INTEGER PRIMARY KEY,
  token_before TEXT,
  token_after TEXT,
  epoch TEXT,
  reset_by TEXT NOT NULL,
  at TEXT NOT NULL
);`,
    `-- What is written here aborts its transaction as a whole, and the constraint that refuses it says why; no row is ever
-- stored. So no statement of a batch needs a condition of its own.
CREATE TABLE ${abortTable} (
  why TEXT NOT NULL,
${Object.keys(ABORT_REASONS)
  .map((why) => `  CONSTRAINT aborted_${why} CHECK (why <> '${why}'),`)
  .join('\n')}
  CONSTRAINT aborted_for_no_reason CHECK (why IS NULL)
);`,
  ]
}

function pullTrigger({ pull }: ConsumerTables): string {
  const table = plainName(pull)
  return `CREATE TRIGGER ${table}_is_kept BEFORE DELETE ON ${table}
BEGIN
  SELECT RAISE(ABORT, 'the row of the pull is never deleted');
END;`
}

function besideTables({ quarantine, repairs, outbox }: ConsumerTables): string[] {
  const [quarantineTable, repairTable, outboxTable] = [quarantine, repairs, outbox].map(plainName)
  const key = plainName(quarantine.key)
  return [
    `-- Records of the feed that do not fit. One without a readable key is known by its place in the feed.
CREATE TABLE ${quarantineTable} (
  subject TEXT PRIMARY KEY,
  ${key} INTEGER,
  revision INTEGER,
  error TEXT NOT NULL,
  -- The token that its batch was asked for with, to ask for it again where it has no key.
  batch_token TEXT,
  attempts INTEGER NOT NULL DEFAULT 1,
  first_seen_at TEXT NOT NULL,
  last_seen_at TEXT NOT NULL,
  next_try_at TEXT NOT NULL,
  closed_at TEXT
);`,
    `CREATE INDEX ${quarantineTable}_open ON ${quarantineTable} (closed_at, next_try_at);`,
    `CREATE INDEX ${quarantineTable}_${key} ON ${quarantineTable} (${key});`,
    `-- What a repair or a comparison changed: evidence.
CREATE TABLE ${repairTable} (
  nr INTEGER PRIMARY KEY,
  ${plainName(repairs.key)} INTEGER NOT NULL,
  why TEXT NOT NULL,
  before TEXT,
  after TEXT,
  run_id TEXT,
  at TEXT NOT NULL
);`,
    `-- What the publisher is notified of; for each subject the newest notice counts.
CREATE TABLE ${outboxTable} (
  subject TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  ${plainName(outbox.key)} INTEGER NOT NULL,
  notice TEXT NOT NULL,
  pending INTEGER NOT NULL DEFAULT 1 CHECK (pending IN (0, 1)),
  -- Whether the publisher answered that it cannot read the notice. It is set aside then, and sent again after each comparison.
  refused INTEGER NOT NULL DEFAULT 0 CHECK (refused IN (0, 1))
) WITHOUT ROWID;`,
    `CREATE INDEX ${outboxTable}_pending ON ${outboxTable} (pending, subject);`,
    `CREATE INDEX ${outboxTable}_refused ON ${outboxTable} (subject) WHERE refused = 1;`,
  ]
}

function copyTables({ copies, ranges }: ConsumerTables): string[] {
  const [copyTable, rangeTable] = [copies, ranges].map(plainName)
  const key = plainName(copies.key)
  return [
    `-- Copies of the records that were ever published.
CREATE TABLE ${copyTable} (
  ${key} INTEGER PRIMARY KEY CHECK (${key} > 0 AND ${key} < ${KEYS}),
  revision INTEGER NOT NULL,
  -- Says "same content"; NULL when the copy was changed without it.
  fingerprint INTEGER,
  epoch TEXT NOT NULL,
  deleted INTEGER NOT NULL CHECK (deleted IN (0, 1)),
  -- 1: the publisher has it no longer.
  orphaned INTEGER NOT NULL DEFAULT 0 CHECK (orphaned IN (0, 1)),
  -- The record as it was published, members that this app does not know included.
  record TEXT NOT NULL CHECK (json_valid(record)),
  source TEXT NOT NULL CHECK (source IN ('pull', 'deep-link')),
  fetched_at TEXT NOT NULL,
  -- The run of the pull that brought it.
  run_id TEXT
);`,
    `CREATE INDEX ${copyTable}_orphaned ON ${copyTable} (${key}) WHERE orphaned = 1;`,
    `-- Count and sum of fingerprints of the records that the publisher is expected to have, by ranges of ${RANGE_SIZE} keys.
CREATE TABLE ${rangeTable} (
  range INTEGER PRIMARY KEY,
  ${plainName(ranges.copies)} INTEGER NOT NULL,
  fingerprints INTEGER NOT NULL
);`,
  ]
}

/**
 * SQLite removes the row that INSERT OR REPLACE and UPDATE OR REPLACE collide with without its DELETE trigger, so the key is
 * guarded before the write.
 */
function copyTriggers({ copies, ranges }: ConsumerTables): string[] {
  const [table, rangeTable] = [copies, ranges].map(plainName)
  const key = plainName(copies.key)
  const count = plainName(ranges.copies)
  return [
    `CREATE TRIGGER ${table}_are_kept BEFORE DELETE ON ${table}
BEGIN
  SELECT RAISE(ABORT, 'a copy is never deleted');
END;`,
    `CREATE TRIGGER ${table}_are_not_replaced BEFORE INSERT ON ${table}
BEGIN
  SELECT RAISE(ABORT, 'there is a copy with this ${key}')
  WHERE EXISTS (SELECT 1 FROM ${table} WHERE ${key} = NEW.${key});
END;`,
    `-- Without a column list: SQLite compares it by name, and \`SET rowid\` would pass.
CREATE TRIGGER ${table}_keep_their_${key} BEFORE UPDATE ON ${table}
WHEN NEW.${key} IS NOT OLD.${key}
BEGIN
  SELECT RAISE(ABORT, 'a copy keeps its ${key}');
END;`,
    `CREATE TRIGGER ${table}_are_voided AFTER UPDATE OF revision, deleted, record ON ${table}
WHEN NEW.fingerprint IS OLD.fingerprint AND NEW.fingerprint IS NOT NULL
BEGIN
  UPDATE ${table} SET fingerprint = NULL WHERE ${key} = NEW.${key};
END;`,
    `CREATE TRIGGER ${rangeTable}_gain_a_copy AFTER INSERT ON ${table}
WHEN NEW.orphaned = 0
BEGIN
  INSERT INTO ${rangeTable} (range, ${count}, fingerprints)
  VALUES (NEW.${key} / ${RANGE_SIZE}, 1, coalesce(NEW.fingerprint, 0))
  ON CONFLICT (range) DO UPDATE SET ${count} = ${count} + 1, fingerprints = fingerprints + excluded.fingerprints;
END;`,
    `CREATE TRIGGER ${rangeTable}_follow_a_copy AFTER UPDATE OF fingerprint, orphaned ON ${table}
BEGIN
  UPDATE ${rangeTable} SET
    ${count} = ${count} + OLD.orphaned - NEW.orphaned,
    fingerprints = fingerprints
      + coalesce(NEW.fingerprint, 0) * (1 - NEW.orphaned) - coalesce(OLD.fingerprint, 0) * (1 - OLD.orphaned)
  WHERE range = NEW.${key} / ${RANGE_SIZE};
END;`,
  ]
}
