import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { SyncReport } from '../../../workers/billing/sync/answers.ts'
import { type Harness, startHarness } from '../../../shared/simulator/harness.ts'
import { keepMoment, restoreMoment } from '../../../shared/simulator/moment.ts'
import { amendOrder, anOrder, placeOrder } from '../../support/orders.ts'
import { readBilling, readOrdering } from '../both-sides.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
beforeEach(() => harness.reset())
afterAll(() => harness.close())

const pull = () => harness.billing.send('POST', '/api/sync/run')
const readSync = async () => (await (await harness.billing.fetch('/api/sync')).json()) as SyncReport

/** Does something that is held where the binding answers a call to this path, and something else meanwhile. */
async function overtake<T>(path: string, held: () => Promise<T>, meanwhile: () => Promise<unknown>): Promise<T> {
  await harness.relay.strike({ kind: 'hold-after', matching: path })
  const ended = held()
  await harness.relay.untilHolding()
  await meanwhile()
  await harness.relay.strike()
  return ended
}

describe('a deep link whose answer was read before the order was spoiled', () => {
  it('does not close the quarantine of the newer record', async () => {
    const { ordering, billing } = harness
    await placeOrder(ordering)
    await pull()
    const link = await overtake(
      '/orders/1',
      () => billing.fetch('/link/new_order/1'),
      async () => {
        await ordering.sql(`UPDATE orders SET currency = 'ZZZ' WHERE number = 1`)
        await pull()
      },
    )
    expect(link.status).toBe(200)
    expect((await readSync()).quarantined).toMatchObject([{ number: 1 }])
  })
})

describe('a deep link to an order whose copy was changed behind billing’s back', () => {
  it('does not close the quarantine of the newer record by the revision that the copy says', async () => {
    const { ordering, billing } = harness
    await placeOrder(ordering)
    await pull()
    await billing.sql('UPDATE orders SET revision = revision + 5 WHERE number = 1')
    await overtake(
      '/orders/1',
      () => billing.fetch('/link/new_order/1'),
      async () => {
        await ordering.sql(`UPDATE orders SET currency = 'ZZZ' WHERE number = 1`)
        await pull()
      },
    )
    expect((await readSync()).quarantined).toMatchObject([{ number: 1 }])
  })
})

describe('a record in quarantine when ordering is restored', () => {
  it('is gone with its order where the restore has lost it, and the copy is orphaned', async () => {
    const { ordering } = harness
    await keepMoment(ordering, 1)
    await placeOrder(ordering)
    await pull()
    await ordering.sql(`UPDATE orders SET currency = 'ZZZ' WHERE number = 1`)
    await pull()
    await restoreMoment(ordering, 1)
    await placeOrder(ordering)
    await pull()
    await pull()
    expect(await readSync()).toMatchObject({ orphaned: [1], quarantined: [] })
  })

  it('is closed by the good revision that the restore brought back, though it is a lower one', async () => {
    const { ordering } = harness
    await placeOrder(ordering)
    await pull()
    await keepMoment(ordering, 1)
    await ordering.sql(`UPDATE orders SET currency = 'ZZZ' WHERE number = 1`)
    await pull()
    expect((await readSync()).quarantined).toMatchObject([{ number: 1 }])
    await restoreMoment(ordering, 1)
    await pull()
    expect((await readSync()).quarantined).toEqual([])
  })
})

describe('a comparison during which billing is restored', () => {
  it.each(['/digest', '/fingerprints', '/orders/1'])(
    '(held at %s) corrects nothing and agrees to nothing',
    async (path) => {
      const { ordering, billing } = harness
      await placeOrder(ordering)
      await pull()
      await keepMoment(billing, 1)
      await amendOrder(ordering, 1, anOrder({ note: 'newer' }))
      await pull()
      // Else there is nothing to ask beyond the digest.
      await billing.sql(`UPDATE orders SET record = json_set(record, '$.note', 'tampered') WHERE number = 1`)
      const compared = await overtake(
        path,
        () => billing.send('POST', '/api/sync/compare'),
        () => restoreMoment(billing, 1),
      )
      expect(compared.status).toBe(409)
      expect(await compared.json()).toMatchObject({ type: '/problems/conflict' })
      expect(await billing.sql('SELECT * FROM repairs')).toEqual([])
      expect((await readSync()).agreedUpTo).toBe(1)
      await pull()
      expect(await readBilling(billing)).toEqual(await readOrdering(ordering))
    },
  )
})
