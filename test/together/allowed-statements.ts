import type { RunningWorker } from '../../shared/simulator/running-worker.ts'

/**
 * Tries each statement behind the app's back. Returns those that the database did not refuse for a constraint of its
 * own, or that changed the table all the same; none, where everything holds.
 */
export async function findAllowed(worker: RunningWorker, table: string, ...statements: string[]): Promise<string[]> {
  const read = async (): Promise<string> => JSON.stringify(await worker.sql(`SELECT * FROM ${table}`))
  const before = await read()
  const allowed: string[] = []
  for (const statement of statements) {
    const refused = await isRefused(worker, statement)
    if (!refused || (await read()) !== before) allowed.push(statement)
  }
  return allowed
}

async function isRefused(worker: RunningWorker, statement: string): Promise<boolean> {
  try {
    await worker.sql(statement)
    return false
  } catch (error) {
    return String(error).includes('SQLITE_CONSTRAINT')
  }
}
