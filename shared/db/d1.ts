/** What a request or a run has cost in D1, as D1 itself counts rows. */
export type D1Cost = { roundTrips: number; statements: number; rowsRead: number; rowsWritten: number }

/** A count that starts at nothing. */
export function noCost(): D1Cost {
  return { roundTrips: 0, statements: 0, rowsRead: 0, rowsWritten: 0 }
}

/**
 * The same database, adding to `cost` what each statement takes. Its `raw` has one value for all columns of one name: they
 * need names of their own.
 */
export function meterD1(database: D1Database, cost: D1Cost): D1Database {
  return new Proxy(database, {
    get(target, property) {
      if (property === 'prepare') return (query: string) => meterStatement(target.prepare(query), cost)
      if (property === 'batch') {
        return async (statements: D1PreparedStatement[]) => {
          const results = await target.batch(statements.map((statement) => METERED.get(statement) ?? statement))
          cost.roundTrips += 1
          for (const result of results) addCost(cost, result)
          return results
        }
      }
      return Reflect.get(target, property, target) as unknown
    },
  })
}

// A batch takes D1's own statements only, so each metered one remembers the one that it stands for.
const METERED = new WeakMap<object, D1PreparedStatement>()

function meterStatement(statement: D1PreparedStatement, cost: D1Cost): D1PreparedStatement {
  const run = async (): Promise<D1Result> => {
    const result = await statement.run()
    cost.roundTrips += 1
    addCost(cost, result)
    return result
  }
  const metered = new Proxy(statement, {
    get(target, property) {
      if (property === 'bind') return (...values: unknown[]) => meterStatement(target.bind(...values), cost)
      if (property === 'run' || property === 'all') return run
      if (property === 'raw') return async () => (await run()).results.map(valuesOf)
      return Reflect.get(target, property, target) as unknown
    },
  })
  METERED.set(metered, statement)
  return metered
}

// D1 says no cost of raw rows, so they are made of those of which it does.
function valuesOf(row: unknown): unknown[] {
  return Object.values(row as Record<string, unknown>)
}

function addCost(cost: D1Cost, { meta }: D1Result): void {
  cost.statements += 1
  cost.rowsRead += meta.rows_read
  cost.rowsWritten += meta.rows_written
}

/**
 * The rows of a statement, as the type that its SELECT list makes them: SQL carries no types, so the store that
 * wrote the list names them here.
 */
export function rowsOf<Row>(result: D1Result): Row[] {
  return result.results as Row[]
}

/**
 * Whether D1 or a Durable Object's storage refused or did not answer, as opposed to a mistake in our own code. The
 * platform says "internal error" of a storage that cannot write; locally that is a disk without room.
 */
export function isStorageFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return (
    /^D1_|D1 DB|Network connection lost|^internal error(?:;|$)/.test(error.message) || isStorageFailure(error.cause)
  )
}

/**
 * Whether D1 refused what a statement was given (a constraint, a type, a size, text that is no JSON), as opposed to
 * not answering: the same data will be refused again.
 */
export function isDataRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return /SQLITE_(CONSTRAINT|TOOBIG|MISMATCH)|malformed JSON|too big/i.test(error.message) || isDataRefusal(error.cause)
}

/** Whether a statement named a table, a column or an index that the database does not have: it is older, or the code is wrong. */
export function isSchemaMismatch(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return /no such (?:table|column|index|view)|has no column named/.test(error.message) || isSchemaMismatch(error.cause)
}
