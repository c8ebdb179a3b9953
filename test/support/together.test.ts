import { beforeEach, describe, expect, it } from 'vitest'
import { readEveryPage } from './every-page.ts'
import { anOrder, placeDraft, placeOrder } from './orders.ts'
import type { RunningWorker } from '../../shared/simulator/running-worker.ts'
import { startTogether, type Together } from './together.ts'

// What the other tests rest on: a fault that does not strike would let them pass for nothing.
let together: Together

beforeEach(async () => {
  together = await startTogether()
})

async function readBoth() {
  return Promise.all([together.ordering, together.billing].map(readAll))
}

/** The schema and all rows of an app, but for what a migration has drawn at random. */
async function readAll({ sql, batch }: RunningWorker) {
  const schema = await sql<{ type: string; name: string }>(`
    SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE '\\_cf\\_%' ESCAPE '\\' ORDER BY type, name`)
  const tables = schema.filter(({ type }) => type === 'table').map(({ name }) => name)
  const rows = await batch(tables.map((name) => ({ query: `SELECT * FROM "${name}"`, values: [] })))
  const isDrawn = (column: string) => ['epoch', 'key'].includes(column)
  const compared = rows.map((table) => table.map((row) => Object.entries(row).filter(([column]) => !isDrawn(column))))
  return { schema, rows: Object.fromEntries(tables.map((name, index) => [name, compared[index]])) }
}

async function readEpoch(): Promise<unknown> {
  const [row] = await together.ordering.sql('SELECT epoch FROM feed')
  return row?.['epoch']
}

describe('both Workers together', () => {
  it('begin afresh for each test, with order 1', async () => {
    expect((await placeOrder(together.ordering)).number).toBe(1)
    await together.pull()
    together = await startTogether()
    expect((await placeOrder(together.ordering)).number).toBe(1)
    expect(await together.billing.sql('SELECT * FROM invoices')).toEqual([])
  })

  it('are as their migrations leave them, whatever was done before, with another epoch', async () => {
    // Another schema than theirs: the migrations run.
    for (const { sql } of [together.ordering, together.billing]) await sql('CREATE TABLE stray (id INTEGER)')
    together = await startTogether()
    const migrated = await readBoth()
    const epoch = await readEpoch()
    await readEveryPage(together)
    expect(await readBoth()).not.toEqual(migrated)
    together = await startTogether()
    expect(await readBoth()).toEqual(migrated)
    expect(await readEpoch()).not.toBe(epoch)
  })

  it('have the vars that a test asks for, until the next one does', async () => {
    const pull = async (): Promise<number> => (await together.billing.send('POST', '/api/sync/run')).status
    together = await startTogether({ billing: { ROLES: '{"email:you@example.com": ["auditor"]}' } })
    expect(await pull()).toBe(403)
    together = await startTogether()
    expect(await pull()).toBe(200)
  })

  it('tell what the database refuses a test', async () => {
    await placeDraft(together.ordering)
    await expect(together.ordering.sql('DELETE FROM orders')).rejects.toThrow('orders are never deleted')
  })

  it('tell what was asked over the binding, and what was logged', async () => {
    await placeOrder(together.ordering)
    await together.billing.fetch('/link/new_order/1')
    expect(await together.relay.calls()).toEqual(['GET /orders/1'])
    await together.cron()
    expect(together.log('pull.finished')).toEqual([expect.objectContaining({ level: 'info', pages: 1 })])
  })
})

describe('a fault of the database', () => {
  it('strikes as often as it is told, what matches it', async () => {
    await together.ordering.failDatabase({ kind: 'refuse', matching: 'INSERT INTO orders', after: 1, times: 1 })
    const statuses: number[] = []
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      statuses.push((await together.ordering.send('POST', '/api/orders', anOrder())).status)
    }
    expect(statuses).toEqual([201, 503, 201])
  })
})

const BOTH = ['ordering', 'billing'] as const

it.each(BOTH)('the database of %s under test refuses what D1 refuses', async (name) => {
  const { sql } = (await startTogether())[name]
  const values = Array.from({ length: 101 }, () => 1)
  const rows = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 26)`
  const tooBig = 'string or blob too big: SQLITE_TOOBIG'
  // D1's documented limits: 2,000,000 bytes a value, in UTF-8, that is bound or read; 50 MB a result; 100,000 bytes a
  // statement; 100 parameters; 50 bytes a LIKE pattern.
  expect(await sql('SELECT length(?) AS n', 'é'.repeat(1_000_000))).toEqual([{ n: 1_000_000 }])
  await expect(sql('SELECT length(?) AS n', `${'é'.repeat(1_000_000)}a`)).rejects.toThrow(tooBig)
  await expect(sql('SELECT hex(zeroblob(1000001)) AS text')).rejects.toThrow(tooBig)
  await expect(sql(`${rows} SELECT hex(zeroblob(1000000)) AS text FROM n`)).rejects.toThrow('too large')
  await expect(sql(`SELECT '${'a'.repeat(100_000)}' AS text`)).rejects.toThrow('statement too long: SQLITE_TOOBIG')
  await expect(sql(`VALUES ${values.map(() => '(?)').join(', ')}`, ...values)).rejects.toThrow('too many SQL variables')
  await expect(sql(`SELECT 'a' LIKE ? AS alike`, 'a'.repeat(51))).rejects.toThrow('pattern too complex')
})
