import type { SQLInputValue, StatementSync } from 'node:sqlite'
import { type SentStatement, openSqliteD1, type SqliteD1 } from '../../shared/simulator/sqlite/sqlite-d1.ts'

/**
 * What the databases know of the world beside their rows. `minutes` have gone by since the history began; `drawn` random
 * values were drawn: each is one that was not drawn before, so that two are equal only where one was copied.
 */
export type Fate = { minutes: number; drawn: number }

/** The rows of all tables, by table, as a JSON text: equal for equal contents. */
export type Image = string
export type Rows = Readonly<Record<string, readonly Readonly<Record<string, string | number | null>>[]>>

const BEGUN_AT = Date.UTC(2026, 0, 1)

/** The instant, ISO 8601, UTC. */
export function instantOf({ minutes }: Fate): string {
  return new Date(BEGUN_AT + minutes * 60_000).toISOString()
}

/** A number as eight bytes. */
function bytesOf(number: number): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(8))
  bytes.setBigUint64(0, BigInt(number))
  return new Uint8Array(bytes.buffer)
}

/** One side's database: SQLite in memory, whose clock and random values are the explorer's. */
export class Database {
  readonly d1: SqliteD1
  readonly #asked = new Map<string, StatementSync>()
  readonly #triggers: readonly string[]
  readonly #dropTriggers: string
  readonly #tables: readonly { table: string; select: StatementSync; insert: string }[]

  constructor(migration: readonly string[], fate: Fate) {
    this.d1 = openSqliteD1([])
    const { sqlite } = this.d1
    sqlite.function('random', () => (fate.drawn += 1))
    sqlite.function('randomblob', { varargs: true }, () => {
      fate.drawn += 1
      return bytesOf(fate.drawn)
    })
    sqlite.function('unixepoch', { varargs: true }, () => BEGUN_AT / 1000 + fate.minutes * 60)
    sqlite.function('strftime', { varargs: true }, () => instantOf(fate))
    for (const statement of migration) sqlite.exec(statement)
    const schema = this.rows<{ type: string; name: string; sql: string }>(
      `SELECT type, name, sql FROM sqlite_schema WHERE type IN ('table', 'trigger') ORDER BY name`,
    )
    const triggers = schema.filter(({ type }) => type === 'trigger')
    this.#triggers = triggers.map(({ sql }) => sql)
    this.#dropTriggers = triggers.map(({ name }) => `DROP TRIGGER ${name};`).join('')
    this.#tables = schema
      .filter(({ type }) => type === 'table')
      .map(({ name }) => {
        const columns = this.rows<{ name: string }>(`SELECT name FROM pragma_table_info('${name}')`).map(
          (row) => row.name,
        )
        return {
          table: name,
          select: sqlite.prepare(`SELECT ${columns.join(', ')} FROM ${name}`),
          insert: `INSERT INTO ${name} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
        }
      })
  }

  /** What a SELECT of the explorer's own finds. */
  rows<Row>(query: string): Row[] {
    const known = this.#asked.get(query) ?? this.d1.sqlite.prepare(query)
    this.#asked.set(query, known)
    return known.all() as Row[]
  }

  /** Writes behind the app's back. */
  write(query: string, ...values: SQLInputValue[]): void {
    this.d1.sqlite.prepare(query).run(...values)
  }

  /** Runs what was sent, as one transaction where it is several. */
  async send(statements: readonly SentStatement[]): Promise<D1Result[]> {
    const bound = statements.map(({ query, values }) => this.d1.prepare(query).bind(...values))
    const [first] = bound
    return first !== undefined && bound.length === 1 ? [await first.run()] : this.d1.batch(bound)
  }

  /** Begins what `undo` undoes. */
  begin(): void {
    this.d1.sqlite.exec('BEGIN')
  }

  /** Undoes everything since `begin`. */
  undo(): void {
    this.d1.sqlite.exec('ROLLBACK')
  }

  /** All rows, as they are now. */
  dump(): Image {
    return JSON.stringify(Object.fromEntries(this.#tables.map(({ table, select }) => [table, select.all()])))
  }

  /** Puts these rows in place of all that are there, past the triggers that guard them. */
  load(image: Image): void {
    const { sqlite } = this.d1
    const rows = JSON.parse(image) as Rows
    sqlite.exec(this.#dropTriggers)
    for (const { table, insert } of this.#tables) {
      sqlite.exec(`DELETE FROM ${table}`)
      const statement = sqlite.prepare(insert)
      for (const row of rows[table] ?? []) statement.run(...Object.values(row))
    }
    for (const trigger of this.#triggers) sqlite.exec(trigger)
  }
}
