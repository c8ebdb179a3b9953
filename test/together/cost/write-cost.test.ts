import { expect, it } from 'vitest'
import { anOrder, importOrders, placeDraft } from '../../support/orders.ts'
import { startTogether, type Together } from '../../support/together.ts'

/** The rows that the requests of `act` have written in ordering, as D1 counts them and the debug log says. */
async function rowsWrittenBy({ harness, log }: Together, act: () => Promise<unknown>): Promise<number> {
  harness.clearLogs()
  await act()
  return log('request').reduce((sum, line) => sum + (line['d1'] as { rowsWritten: number }).rowsWritten, 0)
}

it('an order is written in as many rows whether it has one line or eleven', async () => {
  const together = await startTogether()
  const { ordering } = together
  const lines = Array.from({ length: 11 }, (_, nr) => ({
    sku: `OAT-${nr}`,
    description: 'Oat',
    quantity: 1,
    unitPrice: 1,
  }))
  const amend = () => ordering.send('PUT', '/api/orders/1', anOrder({ lines }), { 'If-Match': '"1"' })
  const imported = Array.from({ length: 100 }, (_, nr) => {
    return { ...anOrder({ lines }), externalId: `I-${nr}`, state: 'Confirmed' as const }
  })
  expect({
    placed: await rowsWrittenBy(together, () => placeDraft(ordering)),
    placedWithEleven: await rowsWrittenBy(together, () => placeDraft(ordering, anOrder({ lines }))),
    amended: await rowsWrittenBy(together, amend),
    hundredImported: await rowsWrittenBy(together, () => importOrders(ordering, imported)),
  }).toEqual({ placed: 28, placedWithEleven: 28, amended: 12, hundredImported: 3_100 })
})
