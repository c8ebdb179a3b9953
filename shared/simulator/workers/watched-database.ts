/** A statement that the app sends, with its values in the order of its parameters. */
export type Query = { text: string; values: readonly unknown[] }

/** Stands round each batch, and each statement that is run alone: runs the queries, or does something else. */
export type Watch = (queries: readonly Query[], run: () => Promise<D1Result[]>) => Promise<D1Result[]>

type Watched = Query & { statement: D1PreparedStatement }
// A batch takes D1's own statements only, so each proxy remembers the one that it stands for.
const WATCHED = new WeakMap<object, Watched>()

/** The same database, with `watch` round all that the app asks of it. */
export function watchDatabase(database: D1Database, watch: Watch): D1Database {
  return new Proxy(database, {
    get(target, property) {
      if (property === 'prepare') {
        return (text: string) => watchStatement({ statement: target.prepare(text), text, values: [] }, watch)
      }
      if (property === 'batch') {
        return (statements: D1PreparedStatement[]) => {
          const queries = statements.map((statement) => WATCHED.get(statement) ?? { statement, text: '', values: [] })
          return watch(queries, () => target.batch(queries.map(({ statement }) => statement)))
        }
      }
      return bound(target, property)
    },
  })
}

function watchStatement(query: Watched, watch: Watch): D1PreparedStatement {
  const watched = new Proxy(query.statement, {
    get(target, property) {
      if (property === 'bind') {
        return (...values: unknown[]) => watchStatement({ ...query, statement: target.bind(...values), values }, watch)
      }
      if (property === 'run' || property === 'all') {
        return async () => (await watch([query], async () => [await target[property]()]))[0]
      }
      // What drizzle reads a statement with that returns rows.
      if (property === 'raw') {
        return async () => (await watch([query], async () => [withRows(await target[property]())]))[0]?.results
      }
      return bound(target, property)
    },
  })
  WATCHED.set(watched, query)
  return watched
}

function withRows(results: unknown[]): D1Result {
  return { results, success: true, meta: {} as D1Meta & Record<string, unknown> }
}

function bound(target: object, property: string | symbol): unknown {
  const member: unknown = Reflect.get(target, property, target)
  return typeof member === 'function' ? (member.bind(target) as unknown) : member
}
