import { eq, sql } from 'drizzle-orm'
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { beforeEach, describe, expect, it } from 'vitest'
import { noCost } from '../../../shared/db/d1.ts'
import { type Db, openD1, recordStatements } from '../../../shared/db/open-d1.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { describeError } from '../../../shared/edge/log.ts'
import { openSqliteD1, type SentStatement } from '../../../shared/simulator/sqlite/sqlite-d1.ts'

const people = sqliteTable('people', {
  nr: integer().primaryKey(),
  state: text({ enum: ['here', 'away'] }).notNull(),
  fullName: text('full_name').notNull(),
})
const MIGRATION = `CREATE TABLE people (nr INTEGER PRIMARY KEY, state TEXT NOT NULL, full_name TEXT NOT NULL UNIQUE)`
const MARIA = { nr: 1, state: 'here', fullName: 'Maria Anders' } as const

let sent: SentStatement[]
let cost: ReturnType<typeof noCost>
let db: Db
beforeEach(async () => {
  sent = []
  cost = noCost()
  db = openD1(
    openSqliteD1([MIGRATION], (statement) => void sent.push(statement)),
    cost,
  )
  await db.insert(people).values(MARIA)
  sent.length = 0
})

describe('a statement', () => {
  it('is sent when it is awaited, each time, and not before', async () => {
    const select = db.select({ fullName: people.fullName }).from(people).where(eq(people.nr, 1))
    expect(sent).toEqual([])
    expect([await select, await select]).toEqual([[{ fullName: 'Maria Anders' }], [{ fullName: 'Maria Anders' }]])
    expect(sent).toHaveLength(2)
  })

  it('adds to the cost, whatever it returns', async () => {
    const before = { ...cost }
    await db.select({ nr: people.nr }).from(people)
    await db.run(sql`SELECT 1`)
    await db.update(people).set({ state: 'away' })
    await db.batch([db.select({ nr: people.nr }).from(people), db.run(sql`SELECT ${1}`)])
    expect([cost.roundTrips - before.roundTrips, cost.statements - before.statements]).toEqual([4, 5])
  })

  it('that is only looked at says its SQL, and is refused when it is awaited', async () => {
    const statements: PromiseLike<unknown>[] = []
    const texts = recordStatements((unsent) => {
      const both = [unsent.delete(people).where(eq(people.nr, 1)), unsent.run(sql`DELETE FROM people WHERE nr = ${1}`)]
      statements.push(...both)
      return both
    })
    expect(texts).toEqual(['delete from "people" where "people"."nr" = ?', 'DELETE FROM people WHERE nr = ?'])
    for (const statement of statements) await expect(statement).rejects.toThrow('only looked at')
  })
})

describe('a transaction', () => {
  it('takes templates with values beside queries, and returns rows by their names', async () => {
    const { moved, found, counted } = await transaction(db, {
      moved: db.run(sql`UPDATE people SET state = ${'away'} WHERE nr = ${1}`),
      found: db.select({ state: people.state, fullName: people.fullName }).from(people).where(eq(people.nr, 1)),
      counted: [db.select({ nr: people.nr }).from(people), db.select({ nr: people.nr }).from(people).limit(0)],
    })
    expect(moved.meta.changes).toBe(1)
    expect(found).toEqual([{ state: 'away', fullName: 'Maria Anders' }])
    expect(counted).toEqual([[{ nr: 1 }], []])
  })

  it('is undone whole', async () => {
    const both = [db.update(people).set({ state: 'away' }), db.insert(people).values({ ...MARIA, nr: 2 })] as const
    await expect(db.batch(both)).rejects.toThrow('UNIQUE')
    expect(await db.select({ state: people.state }).from(people)).toEqual([{ state: 'here' }])
  })
})

it('refuses to read two columns under one name: D1’s answer has one value for both', () => {
  const twice = { nr: people.nr, number: people.nr }
  expect(() => db.select(twice)).toThrow('Cannot read two columns as nr: give one of them another name by as()')
  const named = { nr: people.nr, number: sql<number>`${people.nr} + 1`.as('next') }
  expect(() => db.select(named)).not.toThrow()
})

describe('what is thrown when D1 refuses', () => {
  const nowhere = sqliteTable('nowhere', { fullName: text('full_name') })
  const refused: Record<string, () => PromiseLike<unknown>> = {
    'a template': () => db.run(sql`SELECT ${MARIA.fullName} FROM nowhere`),
    'a query': () =>
      db.select({ fullName: nowhere.fullName }).from(nowhere).where(eq(nowhere.fullName, MARIA.fullName)),
    'one row of a query': () =>
      db.select({ fullName: nowhere.fullName }).from(nowhere).where(eq(nowhere.fullName, MARIA.fullName)).get(),
    'an insert': () => db.insert(nowhere).values({ fullName: MARIA.fullName }),
    'an update': () => db.update(nowhere).set({ fullName: MARIA.fullName }).returning(),
    'a delete': () => db.delete(nowhere).where(eq(nowhere.fullName, MARIA.fullName)),
    'a transaction': () => db.batch([db.insert(nowhere).values({ fullName: MARIA.fullName })]),
  }

  it.each(Object.keys(refused))('%s is D1’s own error, without the statement’s values', async (name) => {
    const error: unknown = await Promise.resolve(refused[name]?.()).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Error)
    expect((error as Error).message).toMatch(/^D1_ERROR: no such table: nowhere/)
    expect(JSON.stringify(describeError(error)) + String(error)).not.toContain('Maria')
  })
})
