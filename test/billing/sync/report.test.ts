import { describe, expect, it } from 'vitest'
import { placeOrder } from '../../support/orders.ts'
import { startTogether, type Together } from '../../support/together.ts'
import { orphan, poison } from '../trouble.ts'

describe('GET /api/sync', () => {
  it('tells what waits for its number and what is still to be read', async () => {
    const together = await startTogether()
    await placeOrder(together.ordering)
    await together.pull()
    await placeOrder(together.ordering)
    const { updatedAt } = await placeOrder(together.ordering)
    const report = (await readSync(together)) as { oldestWaitingAt: string }
    expect(report).toMatchObject({ waiting: 2, behind: 2, health: [] })
    expect(report.oldestWaitingAt <= updatedAt).toBe(true)
    await together.pull()
    expect(await readSync(together)).toMatchObject({ waiting: 0, oldestWaitingAt: null, behind: 0 })
  })

  it('answers without the figures of the feed while ordering does not answer', async () => {
    const together = await startTogether()
    await together.relay.fail({ kind: 'throw' })
    expect(await readSync(together)).toMatchObject({ waiting: null, oldestWaitingAt: null, behind: null, health: [] })
  })

  it('tells a repair, and no distance in a history that was not read yet', async () => {
    const together = await startTogether()
    const { number } = await placeOrder(together.ordering)
    await together.pull()
    await together.billing.sql(
      `INSERT INTO epochs (epoch, first_seen_at) VALUES ('of-another-time', '2026-01-01T00:00:00Z')`,
    )
    await together.billing.sql(`UPDATE order_pull SET epoch = 'of-another-time', repair = 'owed'`)
    expect(await readSync(together)).toMatchObject({
      repair: 'owed',
      behind: null,
      health: ['Ordering was restored, and the next pull begins a repair'],
      orphaned: [],
    })
    expect((await together.billing.fetch(`/api/orders/${number}`)).status).toBe(200)
  })
})

describe('GET /health', () => {
  it('names what waits in quarantine and what is orphaned', async () => {
    const together = await startTogether()
    const [lost, spoiled] = [await placeOrder(together.ordering), await placeOrder(together.ordering)]
    await together.pull()
    await orphan(together, lost.number)
    await poison(together, spoiled.number)
    const response = await together.billing.fetch('/health')
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      status: 'degraded',
      reasons: ['Orders that cannot be read: 1', 'Orders that ordering no longer has: 1'],
    })
  })

  it('names a comparison that could not correct what it found, until the next one can', async () => {
    const together = await startTogether()
    const { number } = await placeOrder(together.ordering)
    await together.pull()
    await together.billing.sql(
      `UPDATE orders SET record = json_set(record, '$.note', 'Forged') WHERE number = ?`,
      number,
    )
    await together.relay.fail({ kind: 'throw', matching: `/orders/${number}` })
    await together.billing.send('POST', '/api/sync/compare')
    expect(await readHealth(together)).toEqual([
      'The last comparison found orders that differ and could not correct them all',
    ])
    await together.billing.send('POST', '/api/sync/compare')
    expect(await readHealth(together)).toBeUndefined()
  })

  it('is judged by the limits that vars set', async () => {
    const together = await startTogether({ billing: { MAX_LAG_SECONDS: -1, MAX_AGREEMENT_AGE_MINUTES: -1 } })
    await placeOrder(together.ordering)
    await together.pull()
    await placeOrder(together.ordering)
    expect(await readHealth(together)).toEqual([
      expect.stringMatching(/^The last successful pull is \d+ seconds old$/),
      expect.stringMatching(/^An order has waited \d+ seconds for its number in the feed$/),
      'The two sides have not been found to agree for 0 minutes',
    ])
  })
})

async function readSync({ billing }: Together): Promise<unknown> {
  return (await billing.fetch('/api/sync')).json()
}

async function readHealth({ billing }: Together): Promise<string[] | undefined> {
  return ((await (await billing.fetch('/health')).json()) as { reasons?: string[] }).reasons
}
