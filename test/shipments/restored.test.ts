import { afterAll, beforeEach, expect, it } from 'vitest'
import { dropMoment, keepMoment, restoreMoment } from '../../shared/simulator/moment.ts'
import { startShipments } from './world.ts'

const shipments = await startShipments()
const { warehouse, care, relay, run } = shipments
afterAll(() => shipments.close())

async function change(address: string): Promise<void> {
  await warehouse.sql('UPDATE shipments SET address = ? WHERE id = 1', address)
}

const readCopy = () => care.sql(`SELECT revision, record ->> '$.address' AS address FROM shipment_copies`)

/** Care has read shipment 1 and a change of it; the warehouse can be put back to before the change. */
beforeEach(async () => {
  await shipments.reset()
  await Promise.all([dropMoment(warehouse, 1), dropMoment(care, 1)])
  await warehouse.sql(`INSERT INTO shipments (id, recipient, address, state, dispatched_at)
    VALUES (1, 'Nora', 'first', 'Dispatched', '2026-03-01T12:00:00Z')`)
  await run()
  await keepMoment(warehouse, 1)
  await change('lost')
  await run()
})

it('a copy of the history before a restore gives way to what the warehouse has, though its revision is lower', async () => {
  await restoreMoment(warehouse, 1)
  // By the batch itself, and not by the comparison after it.
  expect(await run()).toMatchObject({ outcome: 'ok', changed: 1 })
  expect(await readCopy()).toEqual([{ revision: 1, address: 'first' }])
})

it('a batch of a history that ended meanwhile is not stored, and does not become the current one again', async () => {
  await change('late')
  await relay.strike({ kind: 'hold-after', matching: '/shipments?' })
  const late = run()
  await relay.untilHolding()
  await restoreMoment(warehouse, 1)
  await change('new')
  await run()
  await run()
  const epochs = await care.sql('SELECT epoch FROM shipment_pull')
  await relay.strike()
  expect(await late).toMatchObject({ outcome: 'failed' })
  expect(await care.sql('SELECT epoch FROM shipment_pull')).toEqual(epochs)
  expect(await readCopy()).toEqual([{ revision: 2, address: 'new' }])
})

it('a deep link whose answer is of a history that ended meanwhile asks again', async () => {
  await relay.strike({ kind: 'hold-after', matching: '/shipments/' })
  const link = care.fetch('/shipments/1')
  await relay.untilHolding()
  await restoreMoment(warehouse, 1)
  await change('new')
  await run()
  await relay.strike()
  expect(await (await link).json()).toMatchObject({ record: { address: 'new' }, stale: null })
  await run()
  expect(await readCopy()).toEqual([{ revision: 2, address: 'new' }])
})

it('a deep link of a history that care has forgotten does not take it for a newer one', async () => {
  await keepMoment(care, 1)
  await restoreMoment(warehouse, 1)
  await run()
  // Care has forgotten that there was a second history, and the warehouse opens a third.
  await restoreMoment(care, 1)
  await relay.strike({ kind: 'hold-after', matching: '/shipments/' })
  const link = care.fetch('/shipments/1')
  await relay.untilHolding()
  await restoreMoment(warehouse, 1)
  await change('third')
  await run()
  await relay.strike()
  expect(await (await link).json()).toMatchObject({ record: { address: 'third' } })
  const [[feed], [pull]] = await Promise.all([
    warehouse.sql('SELECT epoch FROM shipments_feed_state'),
    care.sql('SELECT epoch FROM shipment_pull'),
  ])
  expect(pull?.['epoch']).toBe(feed?.['epoch'])
})
