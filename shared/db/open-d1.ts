import type { SQL } from 'drizzle-orm'
import { CasingCache } from 'drizzle-orm/casing'
import { type D1Cost, meterD1 } from './d1.ts'

/** A statement that runs each time it is awaited, or as part of a batch, and not before. */
export type Statement = PromiseLike<D1Result> & { readonly prepare: () => D1PreparedStatement }

/** A database. */
export type Db = {
  /** A statement that may change something, or not: D1 tells rows and counts of either. */
  run: (query: SQL) => Statement
  /** Runs the statements in their order as one transaction. */
  batch: <const Statements extends readonly Statement[]>(
    statements: Statements,
  ) => Promise<{ -readonly [Nr in keyof Statements]: D1Result }>
}

// How drizzle writes a template of SQL down for SQLite. Its own database builds queries and maps rows besides, which
// nothing here uses and which would be an eighth of the Worker.
const SQLITE = {
  casing: new CasingCache(),
  escapeName: (name: string) => `"${name.replaceAll('"', '""')}"`,
  escapeParam: () => '?',
  escapeString: (text: string) => `'${text.replaceAll("'", "''")}'`,
}

/** Opens a database; `cost` grows with each statement. Reads go to the primary: no session, no replica. */
export function openD1(database: D1Database, cost: D1Cost): Db {
  const client = meterD1(database, cost)
  return {
    run(query) {
      const prepare = (): D1PreparedStatement => {
        const { sql, params } = query.toQuery(SQLITE)
        return client.prepare(sql).bind(...params)
      }
      const execute = async (): Promise<D1Result> => prepare().run()
      // oxlint-disable-next-line unicorn/no-thenable -- a batch takes statements that have not begun
      return { prepare, then: (fulfilled, rejected) => execute().then(fulfilled, rejected) }
    },
    async batch<const Statements extends readonly Statement[]>(statements: Statements) {
      const results = await client.batch(statements.map(({ prepare }) => prepare()))
      return results as { -readonly [Nr in keyof Statements]: D1Result }
    },
  }
}

/** What the statements say that `build` makes, in SQL; none is sent anywhere. */
export function recordStatements(build: (db: Db) => readonly Statement[]): string[] {
  const texts = new Map<Statement, string>()
  const unsent = (): never => {
    throw new Error('Cannot run a statement that is only looked at')
  }
  const statements = build({
    run(query) {
      // oxlint-disable-next-line unicorn/no-thenable -- as those of openD1
      const statement: Statement = { prepare: unsent, then: unsent }
      texts.set(statement, query.toQuery(SQLITE).sql)
      return statement
    },
    batch: unsent,
  })
  return statements.map((statement) => texts.get(statement) ?? '')
}
