import { struck, type StrikeState } from './strikes.ts'

type Query = { statement: D1PreparedStatement; text: string }
// A batch takes D1's own statements only, so each proxy remembers the one that it stands for.
const QUERIES = new WeakMap<object, Query>()

/** The same database, with its batches and statements struck as the state says. */
export function struckDatabase(database: D1Database, state: StrikeState): D1Database {
  return new Proxy(database, {
    get(target, property) {
      if (property === 'prepare') return (text: string) => wrap({ statement: target.prepare(text), text }, state)
      if (property === 'batch') {
        return (statements: D1PreparedStatement[]) => {
          const queries = statements.map((statement) => QUERIES.get(statement) ?? { statement, text: '' })
          return struck(
            state,
            queries.map(({ text }) => text),
            () => target.batch(queries.map(({ statement }) => statement)),
          )
        }
      }
      return bound(target, property)
    },
  })
}

function wrap(query: Query, state: StrikeState): D1PreparedStatement {
  const wrapped = new Proxy(query.statement, {
    get(target, property) {
      if (property === 'bind') {
        return (...values: unknown[]) => wrap({ ...query, statement: target.bind(...values) }, state)
      }
      if (property === 'run' || property === 'all' || property === 'first' || property === 'raw') {
        const call = bound(target, property) as (...values: unknown[]) => Promise<unknown>
        return (...values: unknown[]) => struck(state, [query.text], () => call(...values))
      }
      return bound(target, property)
    },
  })
  QUERIES.set(wrapped, query)
  return wrapped
}

function bound(target: object, property: string | symbol): unknown {
  const member: unknown = Reflect.get(target, property, target)
  return typeof member === 'function' ? (member.bind(target) as unknown) : member
}
