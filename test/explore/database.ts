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
  readonly #tables: readonly { table: string; select: StatementSync; empty: StatementSync; insert: StatementSync }[]
  readonly #changes: StatementSync
  #loads = false
  #undone = 0
  #image: { of: string; image: Image } | undefined

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
    sqlite.function('loads', () => (this.#loads ? 1 : 0))
    for (const statement of migration) sqlite.exec(standingAside(statement))
    this.#changes = sqlite.prepare('SELECT total_changes() AS changes')
    this.#tables = this.rows<{ name: string }>(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`).map(
      ({ name }) => {
        const columns = this.rows<{ name: string }>(`SELECT name FROM pragma_table_info('${name}')`).map(
          (row) => row.name,
        )
        return {
          table: name,
          select: sqlite.prepare(`SELECT ${columns.join(', ')} FROM ${name}`),
          empty: sqlite.prepare(`DELETE FROM ${name}`),
          insert: sqlite.prepare(
            `INSERT INTO ${name} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
          ),
        }
      },
    )
  }

  /** Another text for each time that a row was changed, or a change undone. */
  get version(): string {
    return `${this.#undone} ${String(this.#changes.get()?.['changes'])}`
  }

  /** What a SELECT of the explorer's own finds. */
  rows<Row>(query: string): Row[] {
    return this.#prepareOnce(query).all() as Row[]
  }

  /** Writes behind the app's back. */
  write(query: string, ...values: SQLInputValue[]): void {
    this.#prepareOnce(query).run(...values)
  }

  #prepareOnce(query: string): StatementSync {
    const known = this.#asked.get(query) ?? this.d1.sqlite.prepare(query)
    this.#asked.set(query, known)
    return known
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
    this.#undone += 1
  }

  /** All rows, as they are now. */
  dump(): Image {
    const of = this.version
    if (this.#image?.of !== of) {
      const rows = this.#tables.map(({ table, select }) => [table, select.all()])
      this.#image = { of, image: JSON.stringify(Object.fromEntries(rows)) }
    }
    return this.#image.image
  }

  /** Puts these rows in place of all that are there, past the triggers that guard them. */
  load(image: Image): void {
    const rows = JSON.parse(image) as Rows
    this.#loads = true
    try {
      for (const { table, empty, insert } of this.#tables) {
        empty.run()
        for (const row of rows[table] ?? []) insert.run(...Object.values(row))
      }
    } finally {
      this.#loads = false
    }
  }
}

/**
 * A trigger that does nothing while rows are loaded: to drop it and make it again would have every statement prepared
 * again. What is no trigger is left as it is.
 */
function standingAside(statement: string): string {
  return statement.replace(
    /^(CREATE TRIGGER [^]*?)(?:\nWHEN ([^]*?))?\nBEGIN\n/m,
    (_, head: string, when: string | undefined) =>
      `${head}\nWHEN ${when === undefined ? '' : `(${when}) AND `}NOT loads()\nBEGIN\n`,
  )
}
