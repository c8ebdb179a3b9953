import { expect, it } from 'vitest'
import { keepMoment, restoreMoment } from '../../../shared/simulator/moment.ts'
import { amendOrder, anOrder, deleteOrder, placeOrder } from '../../support/orders.ts'
import type { RunningWorker } from '../../../shared/simulator/running-worker.ts'
import { startTogether } from '../../support/together.ts'

type Sum = { currency: string; invoices: number; gross: number }

/** What the table says waits, and what does. */
async function readSums(billing: RunningWorker): Promise<{ kept: Sum[]; actual: Sum[] }> {
  const kept = await billing.sql<Sum>('SELECT * FROM queue_sums WHERE invoices <> 0 OR gross <> 0 ORDER BY currency')
  const actual = await billing.sql<Sum>(`
    SELECT o.record ->> 'currency' AS currency, count(*) AS invoices, sum(o.record ->> '$.totals.gross') AS gross
    FROM invoices i JOIN orders o ON o.number = i.order_number WHERE i.state = 'ToApprove'
    GROUP BY o.record ->> 'currency' ORDER BY o.record ->> 'currency'`)
  return { kept, actual }
}

async function decide(billing: RunningWorker, id: number, path: 'approve' | 'reject'): Promise<void> {
  const etag = (await billing.fetch(`/api/invoices/${id}`)).headers.get('ETag') ?? ''
  const body = path === 'reject' ? { reason: 'No' } : undefined
  const answer = await billing.send('POST', `/api/invoices/${id}/${path}`, body, { 'If-Match': etag })
  expect(answer.status).toBe(200)
}

it('what waits for approval is summed as it comes, changes and goes, after a restore too', async () => {
  const together = await startTogether()
  const { ordering, billing } = together
  const line = { sku: 'A', description: 'Oats', quantity: 1, discountPercent: 0, taxPercent: 0 }
  for (const [currency, unitPrice] of [
    ['EUR', 100],
    ['EUR', 250],
    ['USD', 1_000],
    ['JPY', 7],
  ] as const) {
    await placeOrder(ordering, anOrder({ currency, lines: [{ ...line, unitPrice }] }))
  }
  const holds = async (expected: Sum[]): Promise<void> => {
    const { kept, actual } = await readSums(billing)
    expect(kept).toEqual(expected)
    expect(actual).toEqual(expected)
  }
  await together.pull()
  await holds([
    { currency: 'EUR', invoices: 2, gross: 350 },
    { currency: 'JPY', invoices: 1, gross: 7 },
    { currency: 'USD', invoices: 1, gross: 1_000 },
  ])
  await keepMoment(billing, 1)

  await amendOrder(ordering, 1, anOrder({ currency: 'USD', lines: [{ ...line, unitPrice: 111 }] }))
  await deleteOrder(ordering, 4)
  await together.pull()
  const changed = [
    { currency: 'EUR', invoices: 1, gross: 250 },
    { currency: 'USD', invoices: 2, gross: 1_111 },
  ]
  await holds(changed)

  await decide(billing, 2, 'approve')
  await decide(billing, 3, 'reject')
  await holds([{ currency: 'USD', invoices: 1, gross: 111 }])
  await amendOrder(ordering, 3, anOrder({ currency: 'EUR', lines: [{ ...line, unitPrice: 5 }] }))
  await together.pull()
  const corrected = [
    { currency: 'EUR', invoices: 1, gross: 5 },
    { currency: 'USD', invoices: 1, gross: 111 },
  ]
  await holds(corrected)

  await restoreMoment(billing, 1)
  await together.pull()
  await together.pull()
  const { kept, actual } = await readSums(billing)
  expect(kept).toEqual(actual)
  const page = await (await billing.fetch('/invoices')).text()
  expect(page).toContain('2 invoices')
})
