import { afterAll, beforeEach, expect, it } from 'vitest'
import { startShipments } from './world.ts'

const shipments = await startShipments()
const { warehouse, care } = shipments
beforeEach(() => shipments.reset())
afterAll(() => shipments.close())

async function dispatch(id: number): Promise<void> {
  await warehouse.sql(
    `INSERT INTO shipments (id, recipient, address, state, dispatched_at)
    VALUES (?, 'Nora', 'Street 1', 'Dispatched', '2026-03-01T12:00:00Z')`,
    id,
  )
}

/** A run that was cut off holds the lease for half a minute. */
async function run(): Promise<{ outcome: string }> {
  await care.sql('UPDATE shipment_pull SET lease_until = 0')
  return (await (await care.send('POST', '/sync/run')).json()) as { outcome: string }
}

const readNumbers = () => warehouse.sql('SELECT id, sequence_nr AS nr FROM shipments ORDER BY id')
const readCopies = () => care.sql('SELECT id, revision FROM shipment_copies ORDER BY id')
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
