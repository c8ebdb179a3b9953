import { getTableConfig, type SQLiteColumn, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import { FINGERPRINTS, KEYS, RANGE_SIZE } from '../protocol.ts'
import { plainName } from '../sql-names.ts'
import type { ChildTable, Feed } from './feed.ts'

/** So far a number that rises by ones may be set at once: far beyond any use, and far below 2^53. */
const MOST_RISE = 1_000_000
const MOST_SET = 1e12

/**
 * The SQL that makes a feed of a table of records: its index, the tables of its state and ranges, and the triggers by which
 * every change is a revision, whoever makes it. Statements for a migration, without the table of the records itself.
 */
export function feedMigration(feed: Feed): string[] {
  return [
    `CREATE INDEX ${nameOf(feed).table}_feed ON ${nameOf(feed).table} (${nameOf(feed).nr}, ${nameOf(feed).since});`,
    ...stateTable(feed),
    ...rangeTable(feed),
    ...feedTriggers(feed),
    ...(feed.notices?.table === undefined ? [] : [noticeTable(feed.notices.table)]),
  ]
}

/**
 * The SQL that takes in records that were there before their feed: statements for the end of the migration that makes it.
 * Where there are none, nor any without a revision, it changes nothing.
 */
export function takeInRecords(feed: Feed): string[] {
  const { table, key, revision, fingerprint, since, record } = nameOf(feed)
  const { range, records, fingerprints } = namesOf(feed.ranges.columns)
  return [
    `-- For a ${record} that was there before the feed: its first revision, and its place in the ranges.
UPDATE ${table} SET ${revision} = ${revision} + 1 WHERE ${revision} < 1;`,
    `INSERT INTO ${plainName(feed.ranges.table)} (${range}, ${records}, ${fingerprints})
SELECT ${key} / ${RANGE_SIZE}, count(*), sum(${fingerprint}) FROM ${table} WHERE ${since} IS NOT NULL GROUP BY 1
ON CONFLICT (${range}) DO UPDATE SET ${records} = excluded.${records}, ${fingerprints} = excluded.${fingerprints};`,
  ]
}

/**
 * Counts what keeps records from their readers: those without a revision, and ranges that do not say what is in them. One
 * statement, which answers one row; it reads every record.
 */
export function selectLeftOut(feed: Feed): string {
  const { table, key, revision, fingerprint, since } = nameOf(feed)
  const { range, records, fingerprints } = namesOf(feed.ranges.columns)
  return `SELECT (SELECT count(*) FROM ${table} WHERE ${revision} < 1) AS unrevised,
(SELECT count(*) FROM (
  SELECT ${key} / ${RANGE_SIZE} AS place, count(*) AS there, sum(${fingerprint}) AS total FROM ${table}
  WHERE ${since} IS NOT NULL GROUP BY 1
) FULL JOIN ${plainName(feed.ranges.table)} ON ${range} = place
WHERE coalesce(there, 0) <> coalesce(${records}, 0) OR coalesce(total, 0) <> coalesce(${fingerprints}, 0)) AS wrong`
}

/** The table in which the consumer's notices are kept, as `feedTables` declares it. */
function noticeTable(table: SQLiteTable): string {
  return `-- What the consumer has reported of a record: apart from the records, since a notice is no change of one.
CREATE TABLE ${plainName(table)} (
  subject TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  key INTEGER NOT NULL,
  notice TEXT NOT NULL CHECK (json_valid(notice)),
  received_at TEXT NOT NULL
) WITHOUT ROWID;`
}

function feedTriggers(feed: Feed): string[] {
  return [
    ...guards(feed),
    ...revisions(feed),
    ...rangeTriggers(feed),
    ...(feed.children ?? []).flatMap((child) => childTriggers(feed, child)),
  ]
}

type Names = Record<'table' | 'key' | 'revision' | 'nr' | 'fingerprint' | 'since' | 'changedAt' | 'record', string>

function nameOf({ table, columns, names }: Feed): Names {
  return {
    table: plainName(table),
    key: plainName(columns.key),
    revision: plainName(columns.revision),
    nr: plainName(columns.sequenceNr),
    fingerprint: plainName(columns.fingerprint),
    since: plainName(columns.publishedSince),
    changedAt: plainName(columns.changedAt),
    record: names.record,
  }
}

function stateTable({ state, names }: Feed): string[] {
  const table = plainName(state.table)
  const { epoch, highest, lastSince, lastKey, numbering } = namesOf(state.columns)
  return [
    `-- One row: the history of the feed. \`${highest}\` is the highest sequence number ever assigned and never falls, whatever
-- happens to the record that holds it. Numbering goes round the waiting records and continues after the one it took last.
CREATE TABLE ${table} (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  ${epoch} TEXT NOT NULL,
  ${highest} INTEGER NOT NULL DEFAULT 0,
  ${lastSince} TEXT NOT NULL DEFAULT '',
  ${lastKey} INTEGER NOT NULL DEFAULT 0,
  ${numbering} INTEGER NOT NULL DEFAULT 0 CHECK (${numbering} IN (0, 1))
);`,
    `INSERT INTO ${table} (id, ${epoch}) VALUES (1, lower(hex(randomblob(8))));`,
    trigger(`${table}_is_kept BEFORE DELETE ON ${table}`, [
      `SELECT RAISE(ABORT, 'the row of the feed of ${names.feed} is never deleted');`,
    ]),
    trigger(`${table}_never_falls BEFORE UPDATE OF ${highest} ON ${table}\nWHEN NEW.${highest} < OLD.${highest}`, [
      `SELECT RAISE(ABORT, 'the highest sequence number never falls');`,
    ]),
    trigger(
      `${table}_stays_within_bounds BEFORE UPDATE OF ${highest} ON ${table}
WHEN typeof(NEW.${highest}) <> 'integer' OR NEW.${highest} > max(OLD.${highest} + ${MOST_RISE}, ${MOST_SET})`,
      [`SELECT RAISE(ABORT, 'the highest sequence number rises by ones');`],
    ),
  ]
}

function rangeTable({ ranges }: Feed): string[] {
  const { range, records, fingerprints } = namesOf(ranges.columns)
  return [
    `-- Count and sum of fingerprints of the published records, by ranges of ${RANGE_SIZE} keys.
CREATE TABLE ${plainName(ranges.table)} (
  ${range} INTEGER PRIMARY KEY,
  ${records} INTEGER NOT NULL,
  ${fingerprints} INTEGER NOT NULL
);`,
  ]
}

/**
 * SQLite removes the row that INSERT OR REPLACE and UPDATE OR REPLACE collide with without its DELETE trigger, so every
 * unique column is guarded before the write.
 */
function guards(feed: Feed): string[] {
  const { table, key, revision, nr, fingerprint, record } = nameOf(feed)
  const state = plainName(feed.state.table)
  const { highest, numbering } = namesOf(feed.state.columns)
  const others = uniqueColumns(feed).filter((columns) => columns.join() !== key)
  const exists = (columns: readonly string[], more = '') =>
    `  SELECT RAISE(ABORT, 'another ${record} has this ${columns.join(' and ')}')
  WHERE EXISTS (SELECT 1 FROM ${table} WHERE ${columns.map((column) => `${column} = NEW.${column}`).join(' AND ')}${more});`
  return [
    trigger(`${table}_are_kept BEFORE DELETE ON ${table}`, [
      `SELECT RAISE(ABORT, '${table} are never deleted: mark them as deleted');`,
    ]),
    trigger(
      `${table}_are_not_replaced BEFORE INSERT ON ${table}`,
      [[key], ...others].map((columns) => exists(columns).trim()),
    ),
    `-- Without a column list: SQLite compares it by name, and \`SET rowid\` would pass.
${trigger(`${table}_keep_their_${key} BEFORE UPDATE ON ${table}\nWHEN NEW.${key} IS NOT OLD.${key}`, [
  `SELECT RAISE(ABORT, '${table} keep their ${key}');`,
])}`,
    ...others.map((columns) =>
      trigger(`${table}_do_not_share_${columns.join('_and_')} BEFORE UPDATE OF ${columns.join(', ')} ON ${table}`, [
        exists(columns, ` AND ${key} <> NEW.${key}`).trim(),
      ]),
    ),
    trigger(
      `${table}_are_numbered_by_the_feed BEFORE UPDATE OF ${nr} ON ${table}
WHEN NEW.${nr} IS NOT -1 AND NEW.${nr} IS NOT OLD.${nr}`,
      [
        `SELECT RAISE(ABORT, 'a sequence number is given by the feed alone')
  WHERE NOT (
    SELECT ${numbering} = 1 AND typeof(NEW.${nr}) = 'integer'
      AND NEW.${nr} BETWEEN ${highest} + 1 AND ${highest} + ${MOST_RISE}
    FROM ${state} WHERE id = 1
  );`,
      ],
    ),
    trigger(`${table}_are_within_bounds AFTER INSERT ON ${table}`, [
      `SELECT RAISE(ABORT, 'the ${key} is an integer from 1 to ${KEYS - 1}') WHERE NEW.${key} NOT BETWEEN 1 AND ${KEYS - 1};`,
      `SELECT RAISE(ABORT, 'a revision is an integer from 0 to ${MOST_SET}')
  WHERE typeof(NEW.${revision}) <> 'integer' OR NEW.${revision} NOT BETWEEN 0 AND ${MOST_SET};`,
      `SELECT RAISE(ABORT, 'a fingerprint is an integer below 2^40')
  WHERE typeof(NEW.${fingerprint}) <> 'integer' OR NEW.${fingerprint} NOT BETWEEN 0 AND ${FINGERPRINTS - 1};`,
      `SELECT RAISE(ABORT, 'a sequence number is given by the feed alone') WHERE NEW.${nr} IS NOT -1;`,
    ]),
    trigger(`${table}_stay_within_bounds BEFORE UPDATE OF ${revision}, ${fingerprint} ON ${table}`, [
      `SELECT RAISE(ABORT, 'a revision rises by ones')
  WHERE typeof(NEW.${revision}) <> 'integer' OR NEW.${revision} > max(OLD.${revision} + ${MOST_RISE}, ${MOST_SET});`,
      `SELECT RAISE(ABORT, 'a fingerprint is an integer below 2^40')
  WHERE typeof(NEW.${fingerprint}) <> 'integer' OR NEW.${fingerprint} NOT BETWEEN 0 AND ${FINGERPRINTS - 1};`,
    ]),
  ]
}

/** The columns whose change is a revision: all but the key, the sequence number, and what is not published. */
export function watchedColumns({ table, columns, unpublished = [] }: Feed): string[] {
  const passedOver = new Set([columns.key, columns.sequenceNr, ...unpublished].map(plainName))
  return getTableConfig(table)
    .columns.map(plainName)
    .filter((name) => !passedOver.has(name))
}

function revisions(feed: Feed): string[] {
  const { table, key, revision, nr, fingerprint, since, changedAt } = nameOf(feed)
  const sets = [
    `${revision} = max(OLD.${revision} + 1, NEW.${revision})`,
    `${fingerprint} = random() & ${FINGERPRINTS - 1}`,
    `${nr} = -1`,
    `${since} = coalesce(NEW.${since}, OLD.${since})`,
    `${changedAt} = iif(NEW.${changedAt} IS NOT OLD.${changedAt}, NEW.${changedAt}, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))`,
  ]
  const further = feed.onRevision ?? []
  const set = new Map(sets.map((text) => [text.slice(0, text.indexOf(' ')), text]))
  for (const { column, value } of further) set.set(plainName(column), `${plainName(column)} = ${value}`)
  return [
    `-- Any change is a new revision with a new fingerprint, and waits to be numbered.
${trigger(`${table}_are_revised AFTER UPDATE OF\n  ${watchedColumns(feed).join(',\n  ')}\nON ${table}`, [
  `UPDATE ${table} SET\n    ${[...set.values()].join(',\n    ')}\n  WHERE ${key} = NEW.${key};`,
])}`,
    trigger(`${table}_start_at_their_first_revision AFTER INSERT ON ${table}`, [
      `UPDATE ${table} SET ${revision} = NEW.${revision} WHERE ${key} = NEW.${key};`,
    ]),
  ]
}

/**
 * A record enters its range when it is published, and its fingerprint changes with each revision; both may come in one
 * statement and in either order, so each adds only its own difference, to a range that may be new.
 */
function rangeTriggers(feed: Feed): string[] {
  const { table, key, fingerprint, since, record } = nameOf(feed)
  const ranges = plainName(feed.ranges.table)
  const { range, records, fingerprints } = namesOf(feed.ranges.columns)
  const gain = `INSERT INTO ${ranges} (${range}, ${records}, ${fingerprints}) VALUES (NEW.${key} / ${RANGE_SIZE}, 1, NEW.${fingerprint})
  ON CONFLICT (${range}) DO UPDATE SET ${records} = ${records} + 1, ${fingerprints} = ${fingerprints} + excluded.${fingerprints};`
  const lose = `UPDATE ${ranges} SET ${records} = ${records} - 1, ${fingerprints} = ${fingerprints} - NEW.${fingerprint}
  WHERE ${range} = NEW.${key} / ${RANGE_SIZE};`
  const follow = `INSERT INTO ${ranges} (${range}, ${records}, ${fingerprints})
  VALUES (NEW.${key} / ${RANGE_SIZE}, 0, NEW.${fingerprint} - OLD.${fingerprint})
  ON CONFLICT (${range}) DO UPDATE SET ${fingerprints} = ${fingerprints} + excluded.${fingerprints};`
  return [
    trigger(
      `${ranges}_gain_the_${record} AFTER UPDATE OF ${since} ON ${table}\nWHEN OLD.${since} IS NULL AND NEW.${since} IS NOT NULL`,
      [gain],
    ),
    trigger(`${ranges}_gain_an_inserted_${record} AFTER INSERT ON ${table}\nWHEN NEW.${since} IS NOT NULL`, [gain]),
    // SQL may set it to null, and the revision which that is sets it again: that is a gain.
    trigger(
      `${ranges}_lose_the_${record} AFTER UPDATE OF ${since} ON ${table}\nWHEN OLD.${since} IS NOT NULL AND NEW.${since} IS NULL`,
      [lose],
    ),
    trigger(
      `${ranges}_follow_a_fingerprint AFTER UPDATE OF ${fingerprint} ON ${table}\nWHEN OLD.${since} IS NOT NULL`,
      [follow],
    ),
  ]
}

/**
 * A change of a child is a revision of its record; a child that REPLACE takes from another record without its DELETE
 * trigger is one of that record.
 */
function childTriggers(feed: Feed, { table: childTable, record }: ChildTable): string[] {
  const { table, key, revision } = nameOf(feed)
  const child = plainName(childTable)
  const owner = plainName(record)
  const revise = (where: string) => `UPDATE ${table} SET ${revision} = ${revision} + 1 WHERE ${where};`
  const collides = uniqueColumnsOf(childTable)
    .map((columns) => `(${columns.map((column) => `${column} = NEW.${column}`).join(' AND ')})`)
    .join(' OR ')
  const taken = `${key} IN (SELECT ${owner} FROM ${child} WHERE (${collides})`
  return [
    trigger(`${child}_revise_on_insert AFTER INSERT ON ${child}`, [revise(`${key} = NEW.${owner}`)]),
    trigger(`${child}_revise_on_update AFTER UPDATE ON ${child}`, [revise(`${key} IN (OLD.${owner}, NEW.${owner})`)]),
    trigger(`${child}_revise_on_delete AFTER DELETE ON ${child}`, [revise(`${key} = OLD.${owner}`)]),
    trigger(`${child}_revise_what_an_insert_replaces BEFORE INSERT ON ${child}`, [revise(`${taken})`)]),
    trigger(`${child}_revise_what_an_update_replaces BEFORE UPDATE ON ${child}`, [
      revise(`${taken} AND rowid <> OLD.rowid)`),
    ]),
  ]
}

/** The unique sets of columns of the records' table, the key first. */
function uniqueColumns({ table }: Feed): string[][] {
  return uniqueColumnsOf(table)
}

function uniqueColumnsOf(table: ChildTable['table']): string[][] {
  const { columns, primaryKeys, uniqueConstraints, indexes } = getTableConfig(table)
  const sets = [
    ...columns.filter(({ primary, isUnique }) => primary || isUnique).map((column) => [plainName(column)]),
    ...primaryKeys.map((primaryKey) => primaryKey.columns.map(plainName)),
    ...uniqueConstraints.map((constraint) => constraint.columns.map(plainName)),
    ...indexes
      .filter(({ config }) => config.unique)
      .map(({ config }) => config.columns.flatMap((column) => ('name' in column ? [plainName(column)] : []))),
  ]
  return [...new Map(sets.map((set) => [set.join(), set])).values()]
}

function namesOf<Name extends string>(columns: Readonly<Record<Name, SQLiteColumn>>): Record<Name, string> {
  const entries = Object.entries<SQLiteColumn>(columns).map(([name, column]) => [name, plainName(column)])
  return Object.fromEntries(entries) as Record<Name, string>
}

function trigger(head: string, body: readonly string[]): string {
  return `CREATE TRIGGER ${head}\nBEGIN\n  ${body.join('\n  ')}\nEND;`
}
