import { afterAll, beforeAll, expect, it } from 'vitest'
import { startShipments } from './world.ts'

const shipments = await startShipments()
const { warehouse, care } = shipments
beforeAll(async () => {
  await shipments.reset()
  await warehouse.sql(`INSERT INTO shipments (id, recipient, address, state, dispatched_at)
    VALUES (1, 'Nora', 'Street 1', 'Dispatched', '2026-03-01T12:00:00Z'), (2, 'Nora', 'Street 1', 'Dispatched', '2026-03-01T12:00:00Z')`)
  await shipments.run()
})
afterAll(() => shipments.close())

it.each([
  ['DELETE FROM shipments WHERE id = 1', 'shipments are never deleted'],
  [
    `INSERT OR REPLACE INTO shipments (id, recipient, address) VALUES (1, 'Anna', 'Street 2')`,
    'another shipment has this id',
  ],
  ['UPDATE OR REPLACE shipments SET id = 1 WHERE id = 2', 'shipments keep their id'],
])('the warehouse keeps its shipments: %s', async (statement, why) => {
  await expect(warehouse.sql(statement)).rejects.toThrow(why)
})

it.each([
  ['DELETE FROM shipment_copies WHERE id = 1', 'a copy is never deleted'],
  [`INSERT OR REPLACE INTO shipment_copies SELECT * FROM shipment_copies WHERE id = 1`, 'there is a copy with this id'],
  ['UPDATE OR REPLACE shipment_copies SET id = 1 WHERE id = 2', 'a copy keeps its id'],
])('customer care keeps its copies: %s', async (statement, why) => {
  await expect(care.sql(statement)).rejects.toThrow(why)
})
