import { afterAll, beforeEach, expect, it } from 'vitest'
import { dropMoment, keepMoment, restoreMoment } from '../../shared/simulator/moment.ts'
import { startShipments } from './world.ts'

const shipments = await startShipments()
const { warehouse, care, run } = shipments
beforeEach(() => shipments.reset())
afterAll(() => shipments.close())

async function dispatch(id: number): Promise<void> {
  await warehouse.sql(
    `INSERT INTO shipments (id, recipient, address, state, dispatched_at)
    VALUES (?, 'Nora', 'Street 1', 'Dispatched', '2026-03-01T12:00:00Z')`,
    id,
  )
}

const readNumbers = () => warehouse.sql('SELECT id, sequence_nr AS nr FROM shipments ORDER BY id')
const readCopies = () => care.sql('SELECT id, revision FROM shipment_copies ORDER BY id')
const readQuarantine = () => care.sql('SELECT id FROM shipment_quarantine WHERE closed_at IS NULL ORDER BY id')
const readToken = () => care.sql('SELECT token FROM shipment_pull')

it('a numbering that lands after its successor numbers nothing', async () => {
  await dispatch(1)
  await warehouse.failDatabase({ kind: 'land-late', matching: 'numbering = 1' })
  expect(await run()).toMatchObject({ outcome: 'failed' })
  expect(await run()).toMatchObject({ outcome: 'ok', created: 1 })
  await dispatch(2)
  await warehouse.landLate()
  expect(await readNumbers()).toEqual([
    { id: 1, nr: 1 },
    { id: 2, nr: -1 },
  ])
  expect(await run()).toMatchObject({ outcome: 'ok', created: 1 })
  expect(await readNumbers()).toEqual([
    { id: 1, nr: 1 },
    { id: 2, nr: 2 },
  ])
})

it('a batch that lands after the token was reset stores nothing', async () => {
  await dispatch(1)
  await run()
  await warehouse.sql(`UPDATE shipments SET address = 'Street 2' WHERE id = 1`)
  await care.failDatabase({ kind: 'land-late', matching: 'UPDATE shipment_pull SET token' })
  expect(await run()).toMatchObject({ outcome: 'failed' })
  await care.sql('UPDATE shipment_pull SET lease_until = 0')
  expect((await care.send('POST', '/sync/reset', { token: null })).status).toBe(200)
  await care.landLate()
  expect(await readToken()).toEqual([{ token: null }])
  expect(await readCopies()).toEqual([{ id: 1, revision: 1 }])
  expect(await run()).toMatchObject({ outcome: 'ok', changed: 1 })
  expect(await readCopies()).toEqual([{ id: 1, revision: 2 }])
})

it('a record that the database refuses stands alone in quarantine; the rest of its batch arrives in the same run', async () => {
  for (let id = 1; id <= 9; id += 1) await dispatch(id)
  await care.sql(`CREATE TRIGGER refuses BEFORE INSERT ON shipment_copies WHEN NEW.id IN (3, 7)
    BEGIN SELECT RAISE(ABORT, 'not this one'); END`)
  expect(await run()).toMatchObject({ outcome: 'ok', created: 7, quarantined: 2, batches: 1 })
  expect(await readQuarantine()).toEqual([{ id: 3 }, { id: 7 }])
  await care.sql('DROP TRIGGER refuses')
})

it('a record that does not fit is set aside by the batch that moves the token beyond it, or not at all', async () => {
  await dispatch(1)
  await warehouse.sql(`UPDATE shipments SET recipient = '' WHERE id = 1`)
  await care.failDatabase({ kind: 'refuse', matching: 'INSERT INTO shipment_quarantine' })
  expect(await run()).toMatchObject({ outcome: 'failed' })
  expect(await readToken()).toEqual([{ token: null }])
  expect(await run()).toMatchObject({ outcome: 'ok', quarantined: 1 })
  expect(await readQuarantine()).toEqual([{ id: 1 }])
})

it('a comparison during which care is restored corrects nothing and agrees to nothing', async () => {
  const { relay } = shipments
  await dispatch(1)
  await run()
  await keepMoment(care, 1)
  await warehouse.sql(`UPDATE shipments SET address = 'Street 2' WHERE id = 1`)
  await run()
  await care.sql(`UPDATE shipment_copies SET record = json_set(record, '$.address', 'tampered') WHERE id = 1`)
  await relay.strike({ kind: 'hold-after', matching: '/fingerprints' })
  const compared = care.send('POST', '/sync/compare')
  await relay.untilHolding()
  await restoreMoment(care, 1)
  await relay.strike()
  expect(await (await compared).json()).toMatchObject({ ok: false })
  expect(await care.sql('SELECT agreed_up_to AS upTo FROM shipment_pull')).not.toEqual([{ upTo: 2 }])
  expect(await care.sql('SELECT revision FROM shipment_copies')).toEqual([{ revision: 1 }])
  await run()
  expect(await readCopies()).toEqual([{ id: 1, revision: 2 }])
  await dropMoment(care, 1)
})
