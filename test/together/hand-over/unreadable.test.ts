import { beforeEach, describe, expect, it } from 'vitest'
import type { SyncReport } from '../../../workers/billing/sync/answers.ts'
import { amendOrder, anOrder, placeOrder } from '../../support/orders.ts'
import { startTogether, type Together } from '../../support/together.ts'
import { pullToEnd, readBilling, readOrdering } from '../both-sides.ts'

let together: Together
beforeEach(async () => {
  together = await startTogether()
})

async function readQuarantine(): Promise<SyncReport['quarantined']> {
  return ((await (await together.billing.fetch('/api/sync')).json()) as SyncReport).quarantined
}

/** Sets a member of order 2's line to an SQL expression. */
function inLine(member: string, value: string): string {
  return `UPDATE orders SET lines = json_set(lines, '$[0].${member}', ${value}) WHERE number = 2`
}

/** What SQL, or a newer version of ordering, may make of order 2. */
const POISONS: [string, string][] = [
  ['a quantity below 0', inLine('quantity', '-1')],
  ['a price with a fraction', inLine('unitPrice', '1.5')],
  ['a price beyond what a program counts', inLine('unitPrice', '9223372036854775807')],
  ['a discount of 200 %', inLine('discountPercent', '200')],
  ['an empty description', inLine('description', `''`)],
  ['no lines', `UPDATE orders SET lines = '[]' WHERE number = 2`],
  ['a customer that is null', `UPDATE orders SET customer = 'null' WHERE number = 2`],
  ['a customer without an address', `UPDATE orders SET customer = json_remove(customer, '$.address') WHERE number = 2`],
  [
    'a charge whose amount is text',
    `UPDATE orders SET charges = '[{"description":"x","amount":"1","taxPercent":0}]' WHERE number = 2`,
  ],
  ['a currency that is none', `UPDATE orders SET currency = 'EURO' WHERE number = 2`],
  ['a note with a bell', `UPDATE orders SET note = char(7) WHERE number = 2`],
  ['a note with a NUL', `UPDATE orders SET note = 'a' || char(0) || 'b' WHERE number = 2`],
  ['an instant that is none', `UPDATE orders SET placed_at = 'yesterday' WHERE number = 2`],
]

describe('a record that does not fit the contract', () => {
  beforeEach(async () => {
    for (let count = 0; count < 3; count += 1) await placeOrder(together.ordering)
    await together.pull()
  })

  it.each(POISONS)('(%s) is quarantined and named, and those behind it arrive', async (_poison, statement) => {
    const { ordering, billing, pull } = together
    const copy = await billing.sql('SELECT * FROM orders WHERE number = 2')
    await ordering.sql(statement)
    await amendOrder(ordering, 3, anOrder({ note: 'behind' }))
    expect(await pull()).toMatchObject({ outcome: 'ok', changed: 1, quarantined: 1 })
    expect(await readQuarantine()).toMatchObject([{ number: 2, attempts: 1 }])
    expect(await billing.sql('SELECT * FROM orders WHERE number = 2')).toEqual(copy)
    expect((await readBilling(billing))[2]?.content['note']).toBe('behind')
    expect(await pull()).toMatchObject({ outcome: 'ok', pages: 0 })
  })

  it('is not approved, and heals with the order’s next good revision', async () => {
    const { ordering, billing, pull } = together
    await ordering.sql(`UPDATE orders SET currency = 'EURO' WHERE number = 2`)
    await pull()
    const invoice = await billing.fetch('/api/invoices/2')
    const approval = await billing.send('POST', '/api/invoices/2/approve', undefined, {
      'If-Match': invoice.headers.get('ETag') ?? '',
    })
    expect(approval.status).toBe(409)
    await ordering.sql(`UPDATE orders SET currency = 'EUR' WHERE number = 2`)
    expect(await pull()).toMatchObject({ outcome: 'ok', changed: 1 })
    expect(await readQuarantine()).toEqual([])
    expect(await readBilling(billing)).toEqual(await readOrdering(ordering))
  })

  it('is closed by the deep link too, when the order was corrected', async () => {
    const { ordering, billing, pull } = together
    await ordering.sql(`UPDATE orders SET currency = 'EURO' WHERE number = 2`)
    await pull()
    await ordering.sql(`UPDATE orders SET currency = 'EUR' WHERE number = 2`)
    expect((await billing.fetch('/link/new_order/2')).status).toBe(200)
    expect(await readQuarantine()).toEqual([])
  })
})

describe('a record in quarantine', () => {
  /** What billing reads of order 1 does not fit until the next call; ordering itself has it right. */
  beforeEach(async () => {
    await placeOrder(together.ordering)
    await together.relay.fail({ kind: 'replace', text: '"quantity":4', by: '"quantity":-4' })
    await together.pull()
  })

  const letPausePass = () =>
    together.billing.sql(`UPDATE quarantine SET next_try_at = '2026-01-01T00:00:00.000Z' WHERE closed_at IS NULL`)
  const tryAgain = () => together.billing.send('POST', '/api/sync/quarantine/retry', { number: 1 })

  it('is tried again once its pause is over, and heals', async () => {
    const { ordering, billing, pull } = together
    await pull()
    expect(await readQuarantine()).toMatchObject([{ number: 1, attempts: 1 }])
    await letPausePass()
    await pull()
    expect(await readQuarantine()).toEqual([])
    expect(await readBilling(billing)).toEqual(await readOrdering(ordering))
  })

  it('waits longer after each attempt that fails', async () => {
    const pauses: number[] = []
    for (let attempt = 2; attempt <= 4; attempt += 1) {
      await letPausePass()
      await together.relay.fail({ kind: 'replace', text: '"quantity":4', by: '"quantity":-4', matching: '/orders/1' })
      await together.pull()
      const [record] = await readQuarantine()
      expect(record?.attempts).toBe(attempt)
      pauses.push(Math.round((Date.parse(record?.nextTryAt ?? '') - Date.now()) / 60_000))
    }
    expect(pauses).toEqual([2, 4, 8])
  })

  it('is not counted as tried while ordering does not answer', async () => {
    await letPausePass()
    await together.relay.fail({ kind: 'throw', matching: '/orders/1' })
    expect(await together.pull()).toMatchObject({ outcome: 'ok' })
    expect(await readQuarantine()).toMatchObject([{ number: 1, attempts: 1 }])
  })

  it('is tried again when a person asks for it', async () => {
    const answer = await tryAgain()
    expect([answer.status, await answer.json()]).toEqual([200, { subject: 'order:1', attempt: 'released' }])
    expect(await readQuarantine()).toEqual([])
    expect((await tryAgain()).status).toBe(404)
  })

  it('is reported to ordering, and so is its release', async () => {
    const { ordering, pull } = together
    const kinds = () => ordering.sql(`SELECT notice ->> 'kind' AS kind FROM billing_notices`)
    expect(await kinds()).toEqual([{ kind: 'quarantined' }])
    await letPausePass()
    await pull()
    await pull()
    expect(await kinds()).toEqual([{ kind: 'released' }])
  })
})

describe('an order that the database of billing refuses', () => {
  const refuse = (condition: string): string =>
    `CREATE TRIGGER refuses BEFORE INSERT ON orders WHEN ${condition} BEGIN SELECT RAISE(ABORT, 'not this one'); END`

  it('stands alone in quarantine; the rest of its page arrives in the same run', async () => {
    const { ordering, billing, pull } = together
    for (let count = 0; count < 9; count += 1) await placeOrder(ordering)
    await billing.sql(refuse('NEW.number IN (3, 7)'))
    expect(await pull()).toMatchObject({ outcome: 'ok', created: 7, quarantined: 2, pages: 1 })
    expect((await readQuarantine()).map(({ number }) => number)).toEqual([3, 7])
    await billing.sql('DROP TRIGGER refuses')
    await ordering.sql(`UPDATE orders SET note = 'again' WHERE number IN (3, 7)`)
    expect(await pull()).toMatchObject({ outcome: 'ok', created: 2 })
    expect(await readQuarantine()).toEqual([])
  })

  it('is not blamed when the database refuses every order: the run fails, and the token stays', async () => {
    const { ordering, billing, pull } = together
    for (let count = 0; count < 3; count += 1) await placeOrder(ordering)
    await billing.sql(refuse('1'))
    expect(await pull()).toMatchObject({ outcome: 'failed', quarantined: 0, token: null })
    expect(await readQuarantine()).toEqual([])
    await billing.sql('DROP TRIGGER refuses')
    expect(await pull()).toMatchObject({ outcome: 'ok', created: 3 })
  })

  it('is not blamed when the database stops answering while the page is halved', async () => {
    const { ordering, billing, pull } = together
    for (let count = 0; count < 4; count += 1) await placeOrder(ordering)
    await billing.sql(refuse('NEW.number = 3'))
    await billing.failDatabase({ kind: 'refuse', matching: 'INSERT INTO aborts (why) VALUES', after: 2 })
    expect(await pull()).toMatchObject({ outcome: 'failed', quarantined: 0, token: null })
    expect(await pull()).toMatchObject({ outcome: 'ok', created: 3, quarantined: 1 })
    await billing.sql('DROP TRIGGER refuses')
    await ordering.sql(`UPDATE orders SET note = 'again' WHERE number = 3`)
    await pullToEnd(together)
    expect(await readBilling(billing)).toEqual(await readOrdering(ordering))
  })
})
