import { beforeAll, describe, expect, it } from 'vitest'
import { isDataRefusal, isStorageFailure } from '../../../shared/db/d1.ts'
import type { RunningWorker } from '../../../shared/simulator/running-worker.ts'
import { startTogether } from '../../support/together.ts'

let ordering: RunningWorker
beforeAll(async () => {
  ordering = (await startTogether()).ordering
  await ordering.sql('CREATE TABLE errors_strict (a INTEGER NOT NULL UNIQUE CHECK (a < 10)) STRICT')
  await ordering.sql('CREATE TABLE errors_key (a INTEGER PRIMARY KEY)')
})

type Provoked = { statement: string; value?: string; says: string }

/** The same data will be refused again: it is set aside, and those beside it are stored. */
const REFUSALS: Provoked[] = [
  { statement: 'INSERT INTO errors_strict VALUES (1), (1)', says: 'UNIQUE constraint failed' },
  { statement: 'INSERT INTO errors_strict VALUES (NULL)', says: 'NOT NULL constraint failed' },
  { statement: 'INSERT INTO errors_strict VALUES (11)', says: 'CHECK constraint failed' },
  { statement: "INSERT INTO errors_strict VALUES ('one')", says: 'cannot store TEXT value in INTEGER column' },
  { statement: "INSERT INTO errors_key VALUES ('one')", says: 'datatype mismatch' },
  { statement: 'DELETE FROM feed', says: 'SQLITE_CONSTRAINT_TRIGGER' },
  { statement: 'SELECT value FROM json_each(?)', value: '{', says: 'malformed JSON' },
  { statement: 'SELECT zeroblob(3000000000)', says: 'string or blob too big' },
  { statement: `SELECT '${'x'.repeat(100_001)}'`, says: 'statement too long' },
]

/** The statement or the database is at fault, and no record: it fails whole, and is tried again. */
const FAULTS: Provoked[] = [
  { statement: 'SELECT * FROM nowhere', says: 'no such table' },
  { statement: 'SELECT nowhere FROM orders', says: 'no such column' },
  { statement: 'SELECT 1 FROM', says: 'incomplete input' },
  { statement: `SELECT ${'?,'.repeat(100)}?`, says: 'too many SQL variables' },
  { statement: `SELECT 1 WHERE 'a' LIKE ?`, value: `%${'a'.repeat(60)}`, says: 'pattern too complex' },
  { statement: 'SELECT abs(-9223372036854775807 - 1)', says: 'integer overflow' },
  { statement: "ATTACH DATABASE 'other' AS other", says: 'not authorized' },
]

describe('what D1 refuses', () => {
  it.each(REFUSALS)('for its data is a refusal of the data: $says', async (provoked) => {
    const error = await provoke(provoked)
    expect(error.message).toContain(provoked.says)
    expect({ data: isDataRefusal(error), storage: isStorageFailure(error) }).toEqual({ data: true, storage: true })
  })

  it.each(FAULTS)('for its statement blames no data: $says', async (provoked) => {
    const error = await provoke(provoked)
    expect(error.message).toContain(provoked.says)
    expect({ data: isDataRefusal(error), storage: isStorageFailure(error) }).toEqual({ data: false, storage: true })
  })

  it('is told apart from a mistake of ours that never reached it', () => {
    const error = new TypeError('Cannot read properties of undefined')
    expect({ data: isDataRefusal(error), storage: isStorageFailure(error) }).toEqual({ data: false, storage: false })
  })
})

/** What D1 itself says of the statement, without what the harness puts before it. */
async function provoke({ statement, value }: Provoked): Promise<Error> {
  const values = value === undefined ? [] : [value]
  const said = await ordering.sql(statement, ...values).then(
    () => 'D1 took it',
    (error: unknown) => String(error),
  )
  return new Error(said.slice(Math.max(0, said.indexOf('D1_'))))
}
