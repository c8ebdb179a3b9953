import { type DatabaseFault, takeFault } from '../fault.ts'

/** What a batch or a statement did when it was let land late. */
type Late = () => Promise<unknown>

/** Faults that wait to strike a database, and what timed out there and has not landed yet. */
export type FaultyState = { faults: DatabaseFault[]; late: Late[] }

type Query = { statement: D1PreparedStatement; text: string }
// A batch takes D1's own statements only, so each proxy remembers the one that it stands for.
const QUERIES = new WeakMap<object, Query>()

/** The same database, failing as the state says. */
export function faultyDatabase(database: D1Database, state: FaultyState): D1Database {
  return new Proxy(database, {
    get(target, property) {
      if (property === 'prepare') {
        return (text: string) => faultyStatement({ statement: target.prepare(text), text }, state)
      }
      if (property === 'batch') {
        return (statements: D1PreparedStatement[]) => {
          const queries = statements.map((statement) => QUERIES.get(statement) ?? { statement, text: '' })
          const texts = queries.map(({ text }) => text)
          return strike(() => target.batch(queries.map(({ statement }) => statement)), texts, state)
        }
      }
      return bound(target, property)
    },
  })
}

function faultyStatement(query: Query, state: FaultyState): D1PreparedStatement {
  const faulty = new Proxy(query.statement, {
    get(target, property) {
      if (property === 'bind') {
        return (...values: unknown[]) => faultyStatement({ ...query, statement: target.bind(...values) }, state)
      }
      if (property === 'run' || property === 'all' || property === 'first' || property === 'raw') {
        const call = bound(target, property) as (...values: unknown[]) => Promise<unknown>
        return (...values: unknown[]) => strike(() => call(...values), [query.text], state)
      }
      return bound(target, property)
    },
  })
  QUERIES.set(faulty, query)
  return faulty
}

function bound(target: object, property: string | symbol): unknown {
  const member: unknown = Reflect.get(target, property, target)
  return typeof member === 'function' ? (member.bind(target) as unknown) : member
}

async function strike<T>(run: () => Promise<T>, texts: string[], state: FaultyState): Promise<T> {
  const fault = takeFault(state.faults, texts)
  switch (fault?.kind) {
    case undefined:
      return run()
    case 'refuse':
      throw new Error('D1_ERROR: refused by a test')
    case 'no-room':
      throw new Error('internal error; reference = 5gqlqedcvvpfccmhokkoftn2')
    case 'lose-answer':
      await run()
      throw new Error('D1_ERROR: Network connection lost.')
    case 'land-late':
      state.late.push(run)
      throw new Error('D1_ERROR: D1 DB storage operation exceeded timeout which caused object to be reset.')
  }
}
