import { beforeEach, describe, expect, it } from 'vitest'
import { amendOrder, anOrder, deleteOrder, order10248, placeOrder } from '../../support/orders.ts'
import { type LogEvent, startTogether, type Together } from '../../support/together.ts'

let together: Together
beforeEach(async () => {
  together = await startTogether()
})

/** What is in `order10248` that only customers' records hold. */
const CUSTOMER_DATA = ['VINET', 'Vins et alcools', 'rue de l’Abbaye', '51100', 'Queso Cabrales', 'NW-10248']

function findCustomerData(lines: readonly LogEvent[]): string[] {
  const text = lines
    .filter(({ level }) => level !== 'trace')
    .map((line) => JSON.stringify(line))
    .join('\n')
  return CUSTOMER_DATA.filter((data) => text.includes(data))
}

describe('the log of a pull', () => {
  it('tells of the run, each page and each order, under one run id', async () => {
    const { ordering, pull, log } = together
    for (let count = 0; count < 3; count += 1) await placeOrder(ordering)
    await pull()
    await amendOrder(ordering, 1, anOrder({ note: 'amended' }))
    await deleteOrder(ordering, 2)
    const { runId, token } = await pull()
    const lines = log().filter((line) => line['runId'] === runId)
    expect(lines.map(({ level, event }) => `${level} ${event}`)).toEqual([
      'info pull.started',
      'debug pull.page',
      'trace pull.order',
      'trace pull.order',
      'info pull.finished',
    ])
    expect(lines.filter(({ event }) => event === 'pull.order')).toMatchObject([
      { number: 1, revision: 3, done: 'changed' },
      { number: 2, revision: 3, done: 'removed' },
    ])
    expect(lines.at(-1)).toMatchObject({
      created: 0,
      changed: 1,
      removed: 1,
      unchanged: 0,
      quarantined: 0,
      pages: 1,
      durationMs: expect.any(Number) as number,
      token,
    })
    for (const { time } of lines) expect(new Date(time).toISOString()).toBe(time)
  })

  it('says why a run failed and which token stays', async () => {
    const { ordering, relay, pull, log } = together
    await placeOrder(ordering)
    const { token } = await pull()
    await relay.fail({ kind: 'answer', status: 500, body: '' })
    const { runId, error } = await pull()
    expect(log('pull.failed')).toMatchObject([{ level: 'error', runId, why: error, token }])
    expect(log('pull.finished')).toHaveLength(1)
  })
})

describe('the log', () => {
  it('holds no customer data above trace, whatever is done', async () => {
    const { ordering, billing, pull, log } = together
    await placeOrder(ordering, order10248)
    await pull()
    await billing.fetch('/link/new_order/1')
    await billing.fetch('/api/invoices?order=1')
    await ordering.fetch('/api/orders/1')
    expect(log().length).toBeGreaterThan(5)
    expect(findCustomerData(log())).toEqual([])
  })

  it('holds none when databases fail in the middle of it', async () => {
    const { ordering, billing, pull, log } = together
    await placeOrder(ordering, order10248)
    for (const kind of ['refuse', 'lose-answer', 'land-late'] as const) {
      for (const after of [0, 1, 2]) {
        await billing.failDatabase({ kind, after })
        await pull()
        await billing.failDatabase({ kind, after })
        await billing.fetch('/link/new_order/1')
        await ordering.failDatabase({ kind, after })
        await ordering.send('POST', '/api/orders', { ...order10248, externalId: `NW-10248-${kind}-${after}` })
        await ordering.failDatabase({ kind, after })
        await ordering.send('PUT', '/api/orders/1', { ...order10248, note: `${kind} ${after}` }, { 'If-Match': '"2"' })
        await ordering.failDatabase({ kind, after })
        await ordering.fetch('/api/orders?q=NW-10248')
      }
    }
    expect(log('request.failed').length + log('pull.failed').length).toBeGreaterThan(5)
    expect(findCustomerData(log())).toEqual([])
  })

  it('holds none when an order does not fit, or is refused by the database of billing', async () => {
    const { ordering, billing, relay, pull, log } = together
    await placeOrder(ordering, order10248)
    await relay.fail({ kind: 'replace', text: '"quantity":12', by: '"quantity":-12', times: 2 })
    await billing.fetch('/link/new_order/1')
    expect(await pull()).toMatchObject({ outcome: 'ok', quarantined: 1 })
    await billing.sql(`CREATE TRIGGER refuse_all BEFORE INSERT ON orders BEGIN SELECT RAISE(ABORT, 'refused'); END`)
    await ordering.sql(`UPDATE orders SET note = 'once more' WHERE number = 1`)
    await pull()
    await billing.fetch('/link/new_order/1')
    expect(findCustomerData(log())).toEqual([])
  })
})
