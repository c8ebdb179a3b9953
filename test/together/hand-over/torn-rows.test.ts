import { beforeEach, expect, it } from 'vitest'
import type { SyncReport } from '../../../workers/billing/sync/answers.ts'
import { amendOrder, anOrder, placeOrder } from '../../support/orders.ts'
import { startTogether, type Together } from '../../support/together.ts'
import { readBilling } from '../both-sides.ts'

let together: Together
beforeEach(async () => {
  together = await startTogether()
  for (let count = 0; count < 3; count += 1) await placeOrder(together.ordering)
  await together.pull()
})

/** What SQL may make of order 2 so that not even ordering itself can make an order of its row. */
const TORN_ROWS: [string, string][] = [
  ['a quantity that is text', `UPDATE orders SET lines = json_set(lines, '$[0].quantity', 'many') WHERE number = 2`],
  ['lines that are a number', `UPDATE orders SET lines = '5' WHERE number = 2`],
  ['lines that are a text', `UPDATE orders SET lines = '"12"' WHERE number = 2`],
  ['lines that are an object', `UPDATE orders SET lines = '{}' WHERE number = 2`],
  ['lines that hold null', `UPDATE orders SET lines = '[null]' WHERE number = 2`],
  ['a line without a quantity', `UPDATE orders SET lines = json_remove(lines, '$[0].quantity') WHERE number = 2`],
  ['lines of bytes', `UPDATE orders SET lines = x'5b5d' WHERE number = 2`],
  ['charges that are a number', `UPDATE orders SET charges = '5' WHERE number = 2`],
  ['charges that are an object', `UPDATE orders SET charges = '{}' WHERE number = 2`],
  ['charges that hold null', `UPDATE orders SET charges = '[null]' WHERE number = 2`],
  [
    'charges without end',
    `UPDATE orders SET charges = '[{"description":"x","amount":1e308,"taxPercent":1e308}]' WHERE number = 2`,
  ],
  ['a note of bytes', `UPDATE orders SET note = x'00ff' WHERE number = 2`],
  ['a price without end', `UPDATE orders SET lines = json_set(lines, '$[0].unitPrice', 9e999) WHERE number = 2`],
  ['a customer of bytes', `UPDATE orders SET customer = x'7b7d' WHERE number = 2`],
  ['charges of bytes', `UPDATE orders SET charges = x'5b5d' WHERE number = 2`],
]

it.each(TORN_ROWS)('a row with %s stops neither the feed nor the list of orders', async (_row, statement) => {
  const { ordering, billing, pull } = together
  await ordering.sql(statement)
  await amendOrder(ordering, 3, anOrder({ note: 'behind' }))
  expect(await pull()).toMatchObject({ outcome: 'ok', changed: 1, quarantined: 1 })
  const { quarantined } = (await (await billing.fetch('/api/sync')).json()) as SyncReport
  expect(quarantined).toMatchObject([{ number: 2, attempts: 1 }])
  expect((await readBilling(billing))[2]?.content['note']).toBe('behind')
  expect((await ordering.fetch('/api/orders')).status).toBe(200)
})
