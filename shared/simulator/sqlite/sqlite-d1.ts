import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { fitsIn } from '../../db/byte-limits.ts'

/** D1's limits, as documented: parameters of a statement, and bytes of a value. */
const MOST_PARAMETERS = 100
const MOST_VALUE_BYTES = 2_000_000

const TRANSACTION = ['BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK'] as const
const SAVEPOINT = ['SAVEPOINT batch', 'RELEASE batch', 'ROLLBACK TO batch; RELEASE batch'] as const

/** What changes nothing: SQLite counts no changes for it. A WITH may stand before what does. */
const ONLY_READS = /^\s*SELECT\b/

type Prepared = { statement: StatementSync; writes: boolean }

/** A statement that was sent, with its values. */
export type SentStatement = { query: string; values: readonly unknown[] }

/** A database of SQLite in this process, which answers as D1 does and keeps D1's limits. */
export type SqliteD1 = D1Database & {
  /** The database itself, for what is done behind the app's back. */
  readonly sqlite: DatabaseSync
}

/**
 * Opens a database in memory with what its migrations make.
 * @param sent is told of each statement before it runs, those of a batch one by one
 */
export function openSqliteD1(
  migrations: readonly string[],
  sent: (statement: SentStatement) => void = () => undefined,
): SqliteD1 {
  const sqlite = new DatabaseSync(':memory:', { enableForeignKeyConstraints: true })
  for (const migration of migrations) sqlite.exec(migration)
  return serveSqlite(sqlite, sent)
}

/**
 * The same over a database that is open. Within a transaction that somebody has begun on it, a batch is a part of that one,
 * which undoes the batch with the rest.
 */
function serveSqlite(sqlite: DatabaseSync, sent: (statement: SentStatement) => void = () => undefined): SqliteD1 {
  const totalChanges = sqlite.prepare('SELECT total_changes() AS changes')
  const countChanges = (): number => Number(totalChanges.get()?.['changes'] ?? 0)

  // A statement is prepared once: what is asked again and again is the same few dozens of texts.
  const prepared = new Map<string, Prepared>()
  function prepareOnce(query: string): Prepared {
    const known = prepared.get(query)
    if (known !== undefined) return known
    const made = { statement: sqlite.prepare(query), writes: !ONLY_READS.test(query) }
    prepared.set(query, made)
    return made
  }

  function runNow(statement: SentStatement): D1Result {
    sent(statement)
    refuse(statement)
    const { statement: asked, writes } = prepareOnce(statement.query)
    const before = writes ? countChanges() : 0
    const results = asked.all(...statement.values.map(toSqlite))
    const changes = writes ? countChanges() - before : 0
    const meta = {
      duration: 0,
      size_after: 0,
      rows_read: 0,
      rows_written: 0,
      last_row_id: 0,
      changed_db: changes > 0,
      changes,
    }
    return { success: true, results: results.map((row) => ({ ...row })), meta }
  }

  const statements = new WeakMap<object, SentStatement>()

  function prepare(query: string, values: readonly unknown[] = []): D1PreparedStatement {
    const run = (): Promise<D1Result> => asD1(() => runNow({ query, values }))
    const statement = {
      bind: (...bound: unknown[]) => prepare(query, bound),
      run,
      all: run,
      first: async (column?: string) => {
        const [row] = (await run()).results as Record<string, unknown>[]
        return row === undefined ? null : column === undefined ? row : (row[column] ?? null)
      },
      raw: async () => ((await run()).results as Record<string, unknown>[]).map((row) => Object.values(row)),
    } as unknown as D1PreparedStatement
    statements.set(statement, { query, values })
    return statement
  }

  const database = {
    sqlite,
    prepare: (query: string) => prepare(query),
    batch: (batch: D1PreparedStatement[]) =>
      asD1(() => {
        const [begin, commit, undo] = sqlite.isTransaction ? SAVEPOINT : TRANSACTION
        sqlite.exec(begin)
        try {
          const results = batch.map((statement) => runNow(statements.get(statement) ?? { query: '', values: [] }))
          sqlite.exec(commit)
          return results
        } catch (error) {
          sqlite.exec(undo)
          throw error
        }
      }),
    exec: (query: string) =>
      asD1(() => {
        sqlite.exec(query)
        return { count: 1, duration: 0 }
      }),
  }
  return database as unknown as SqliteD1
}

/** What SQLite throws, as D1 says it. */
function asD1<T>(act: () => T): Promise<T> {
  try {
    return Promise.resolve(act())
  } catch (error) {
    const { message, code } = error as Error & { code?: string }
    const kind = /constraint/i.test(message) || code === 'ERR_SQLITE_ERROR' ? describeCode(error) : ''
    return Promise.reject(new Error(`D1_ERROR: ${message}${kind}`))
  }
}

/** The name of SQLite's result code, which D1 puts behind the message. */
function describeCode(error: unknown): string {
  const { errcode } = error as { errcode?: number }
  switch (errcode === undefined ? undefined : errcode & 0xff) {
    case 18:
      return ': SQLITE_TOOBIG'
    case 19:
      return ': SQLITE_CONSTRAINT'
    case 20:
      return ': SQLITE_MISMATCH'
    default:
      return ''
  }
}

function refuse({ values }: SentStatement): void {
  if (values.length > MOST_PARAMETERS) throw new Error(`too many SQL variables: ${values.length}`)
  for (const value of values) {
    if (typeof value === 'string' && !fitsIn(MOST_VALUE_BYTES, value)) {
      throw Object.assign(new Error('string or blob too big'), { errcode: 18 })
    }
  }
}

function toSqlite(value: unknown): SQLInputValue {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'bigint':
      return value
    case 'boolean':
      return value ? 1 : 0
    default:
      if (value === null) return null
      throw new TypeError(`D1_TYPE_ERROR: Type '${typeof value}' not supported for value`)
  }
}
