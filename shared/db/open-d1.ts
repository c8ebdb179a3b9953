import { DrizzleQueryError, is, type Query, SQL } from 'drizzle-orm'
import { drizzle, type DrizzleD1Database } from 'drizzle-orm/d1'
import type { SQLiteColumn, SQLiteSelectBuilder } from 'drizzle-orm/sqlite-core'
import { type D1Cost, meterD1, noCost } from './d1.ts'

/** A statement as drizzle renders it, which makes of D1's answer what the statement returns. */
type Rendered = { getQuery: () => Query; mapResult: (result: unknown, isFromBatch?: boolean) => unknown }

/** A statement that runs each time it is awaited, or as part of a batch, and not before. */
export type Statement<Result = D1Result> = PromiseLike<Result> & (Rendered | { prepare: () => Rendered })

/** What a statement returns. */
export type ResultOf<Of> = Of extends Statement<infer Result> ? Result : never

/** What a SELECT reads, by the names that its rows have: each column of D1's answer needs a name of its own. */
export type Selected = Record<string, SQLiteColumn | SQL.Aliased>

/** A database: drizzle's, whose statements throw what D1 throws. */
export type Db = Pick<DrizzleD1Database, 'run' | 'insert' | 'update' | 'delete'> & {
  select: <Columns extends Selected>(columns: Columns) => SQLiteSelectBuilder<Columns, 'async', D1Result>
  /** Runs the statements in their order as one transaction. */
  batch: <const Statements extends readonly Statement<unknown>[]>(
    statements: Statements,
  ) => Promise<{ -readonly [Nr in keyof Statements]: ResultOf<Statements[Nr]> }>
}

/** Opens a database; `cost` grows with each statement. Reads go to the primary: no session, no replica. */
export function openD1(database: D1Database, cost: D1Cost): Db {
  const client = meterD1(database, cost)
  const db = withOwnErrors(drizzle(client))
  // drizzle's own batch binds no values to a template of SQL.
  const batch = async (statements: readonly Statement<unknown>[]): Promise<unknown[]> => {
    const rendered = statements.map(render)
    const results = await client.batch(
      rendered.map((one) => {
        const { sql, params } = one.getQuery()
        return client.prepare(sql).bind(...params)
      }),
    )
    return rendered.map((one, nr) => one.mapResult(results[nr], true))
  }
  return {
    run: (query) => db.run(query),
    select: (columns) => {
      refuseSameNames(columns)
      return db.select(columns)
    },
    insert: (table) => db.insert(table),
    update: (table) => db.update(table),
    delete: (table) => db.delete(table),
    batch: batch as Db['batch'],
  }
}

/** What the statements say that `build` makes, in SQL; none is sent anywhere. */
export function recordStatements(build: (db: Db) => readonly Statement<unknown>[]): string[] {
  const unsent = (): never => {
    throw new Error('Cannot run a statement that is only looked at')
  }
  const looked = { prepare: () => ({ bind: unsent }), batch: unsent } as unknown as D1Database
  return build(openD1(looked, noCost())).map((statement) => render(statement).getQuery().sql)
}

function render(statement: Statement<unknown>): Rendered {
  return 'prepare' in statement ? statement.prepare() : statement
}

/** D1 answers rows as objects, in which one of two columns of the same name is lost. */
function refuseSameNames(columns: Selected): void {
  const seen = new Set<string>()
  for (const column of Object.values(columns)) {
    const name = is(column, SQL.Aliased) ? column.fieldAlias : column.name
    if (seen.has(name)) throw new Error(`Cannot read two columns as ${name}: give one of them another name by as()`)
    seen.add(name)
  }
}

/**
 * The same database or query, whose queries throw what D1 threw: what drizzle makes of it has the values of the statement
 * in its message, and these may be personal data.
 */
function withOwnErrors<Of extends object>(of: Of): Of {
  return new Proxy(of, {
    get(target, property, receiver) {
      const member: unknown = Reflect.get(target, property, receiver)
      if (typeof member !== 'function') return member
      return (...args: unknown[]): unknown => {
        const result: unknown = Reflect.apply(member, receiver, args)
        if (result instanceof Promise) return result.catch(throwOwn)
        // Until something can be awaited, the next part of the query is an object of its own.
        return isObject(result) && !('then' in target) ? withOwnErrors(result) : result
      }
    },
  })
}

function throwOwn(error: unknown): never {
  throw error instanceof DrizzleQueryError ? (error.cause ?? error) : error
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
