/** D1's limits, as documented, that the local database does not enforce: bytes of a string, and of a query's result. */
const MOST_VALUE_BYTES = 2_000_000
const MOST_RESULT_BYTES = 50_000_000

type Query = { statement: D1PreparedStatement; values: readonly unknown[] }
// A batch takes D1's own statements only, so each proxy remembers the one that it stands for.
const QUERIES = new WeakMap<object, Query>()

/** The same database, refusing what D1 refuses and the local one takes: a value of over 2 MB, a result of over 50 MB. */
export function limitedDatabase(database: D1Database): D1Database {
  return new Proxy(database, {
    get(target, property) {
      if (property === 'prepare') return (text: string) => limit({ statement: target.prepare(text), values: [] })
      if (property === 'batch') {
        return async (statements: D1PreparedStatement[]) => {
          const queries = statements.map((statement) => QUERIES.get(statement) ?? { statement, values: [] })
          for (const { values } of queries) refuseTooBig(values)
          const results = await target.batch(queries.map(({ statement }) => statement))
          for (const result of results) refuseTooLong(result)
          return results
        }
      }
      return bound(target, property)
    },
  })
}

function limit({ statement, values }: Query): D1PreparedStatement {
  const limited = new Proxy(statement, {
    get(target, property) {
      if (property === 'bind') {
        return (...bindings: unknown[]) => limit({ statement: target.bind(...bindings), values: bindings })
      }
      if (property === 'run' || property === 'all') {
        return async () => {
          refuseTooBig(values)
          const result = await target[property]()
          refuseTooLong(result)
          return result
        }
      }
      return bound(target, property)
    },
  })
  QUERIES.set(limited, { statement, values })
  return limited
}

function bound(target: object, property: string | symbol): unknown {
  const member: unknown = Reflect.get(target, property, target)
  return typeof member === 'function' ? (member.bind(target) as unknown) : member
}

function refuseTooBig(values: readonly unknown[]): void {
  if (values.some((value) => bytesOf(value) > MOST_VALUE_BYTES)) {
    throw new Error('D1_ERROR: string or blob too big: SQLITE_TOOBIG')
  }
}

function refuseTooLong({ results }: D1Result): void {
  let bytes = 0
  for (const row of results as Record<string, unknown>[]) {
    const values = Object.values(row)
    refuseTooBig(values)
    for (const value of values) bytes += bytesOf(value)
    if (bytes > MOST_RESULT_BYTES) throw new Error('D1_ERROR: the result of the query is too large')
  }
}

const ENCODER = new TextEncoder()

/** Of a number as many as its text has, which is near enough. */
function bytesOf(value: unknown): number {
  if (typeof value !== 'string') return 8
  return value.length < MOST_VALUE_BYTES / 3 ? value.length : ENCODER.encode(value).length
}
