import { describe, expect, it } from 'vitest'
import { sql } from '../../shared/sql.ts'

describe('a statement', () => {
  it('binds each value where it stands, those of its parts in between, and nothing of a value is in its text', () => {
    const wanted = sql`state = ${"'; DROP TABLE orders"} AND note IS ${null}`
    const statement = sql`SELECT ${sql.raw('number, state')} FROM orders WHERE number > ${7} AND ${wanted} LIMIT ${50}`
    expect(statement).toEqual({
      text: 'SELECT number, state FROM orders WHERE number > ? AND state = ? AND note IS ? LIMIT ?',
      values: [7, "'; DROP TABLE orders", null, 50],
    })
  })

  it('joins parts in their order, with what stands between them', () => {
    expect(sql.join([sql`a = ${1}`, sql`b = ${2}`, sql`c`], sql` AND `)).toEqual({
      text: 'a = ? AND b = ? AND c',
      values: [1, 2],
    })
    expect(sql.join([], sql` OR `)).toEqual({ text: '', values: [] })
  })
})
