import { type DatabaseFault, takeFault } from '../fault.ts'
import { watchDatabase } from './watched-database.ts'

/** What a batch or a statement did when it was let land late. */
type Late = () => Promise<unknown>

/** Faults that wait to strike a database, and what timed out there and has not landed yet. */
export type FaultyState = { faults: DatabaseFault[]; late: Late[] }

/** The same database, failing as the state says. */
export function faultyDatabase(database: D1Database, state: FaultyState): D1Database {
  return watchDatabase(database, async (queries, run) => {
    const fault = takeFault(
      state.faults,
      queries.map(({ text }) => text),
    )
    switch (fault?.kind) {
      case undefined:
        return run()
      case 'refuse':
        throw new Error('D1_ERROR: refused by a test')
      case 'no-room':
        throw new Error('internal error; reference = 5gqlqedcvvpfccmhokkoftn2')
      // A refusal is an answer as well, and is lost with it.
      case 'lose-answer':
        await run().catch(() => undefined)
        throw new Error('D1_ERROR: Network connection lost.')
      case 'crash-sender':
        await run().catch(() => undefined)
        // The runtime ends an invocation that waits for what never comes.
        return new Promise(() => undefined)
      case 'land-late':
        state.late.push(run)
        throw new Error('D1_ERROR: D1 DB storage operation exceeded timeout which caused object to be reset.')
    }
  })
}
