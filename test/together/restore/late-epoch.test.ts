import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { type Harness, startHarness } from '../../../shared/simulator/harness.ts'
import { keepMoment, restoreMoment } from '../../../shared/simulator/moment.ts'
import { amendOrder, anOrder, placeOrder } from '../../support/orders.ts'

type Run = { outcome: string; error?: string }

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.close())

/** Billing has read order 1, and has forgotten that ordering was restored since and is in another epoch. */
beforeEach(async () => {
  const { ordering, billing } = harness
  await harness.reset()
  await placeOrder(ordering)
  await pull()
  await Promise.all([keepMoment(ordering, 1), keepMoment(billing, 1)])
  await amendOrder(ordering, 1, anOrder({ note: 'lost' }))
  await pull()
  await restoreOrdering('one')
  await pull()
  await restoreMoment(billing, 1)
})

async function pull(): Promise<Run> {
  return (await (await harness.billing.send('POST', '/api/sync/run')).json()) as Run
}

/** Puts ordering back to its first epoch; its witness knows a later one, so the next page opens another. */
async function restoreOrdering(note: string): Promise<void> {
  await restoreMoment(harness.ordering, 1)
  await amendOrder(harness.ordering, 1, anOrder({ note }))
}

async function untilHeld(): Promise<void> {
  await harness.relay.untilHolding()
}

async function readEpochs(): Promise<{ ordering: unknown; billing: unknown }> {
  const [[feed], [token]] = await Promise.all([
    harness.ordering.sql('SELECT epoch FROM feed'),
    harness.billing.sql('SELECT epoch FROM order_pull'),
  ])
  return { ordering: feed?.['epoch'], billing: token?.['epoch'] }
}

async function expectAgreement(note: string): Promise<void> {
  for (const run of [await pull(), await pull()]) expect(run).toMatchObject({ outcome: 'ok' })
  const { ordering, billing } = await readEpochs()
  expect(billing).toBe(ordering)
  const copy = await harness.billing.fetch('/api/orders/1')
  expect(await copy.json()).toMatchObject({ note })
}

it('a deep link whose answer is of an epoch that ended meanwhile asks again, and does not take it for a newer one', async () => {
  const { billing, relay } = harness
  await relay.strike({ kind: 'hold-after', matching: '/orders/' })
  const link = billing.fetch('/link/new_order/1')
  await untilHeld()
  await restoreOrdering('two')
  await pull()
  await relay.strike()
  const page = await link
  expect(page.status).toBe(200)
  expect(await page.text()).toContain('>two<')
  await expectAgreement('two')
})

it('a page of an epoch that ended meanwhile ends its run, and the next one reads on', async () => {
  const { billing, relay } = harness
  await relay.strike({ kind: 'hold-after', matching: '/orders?' })
  const late = pull()
  await untilHeld()
  await billing.sql('UPDATE order_pull SET lease_until = 1')
  await restoreOrdering('two')
  await pull()
  await relay.strike()
  expect(await late).toMatchObject({ outcome: 'failed' })
  await expectAgreement('two')
})

it('a deep link after a restore, before any pull, shows the order as it is now', async () => {
  await restoreOrdering('two')
  const page = await harness.billing.fetch('/link/new_order/1')
  expect(page.status).toBe(200)
  expect(await page.text()).toContain('>two<')
  await expectAgreement('two')
})
