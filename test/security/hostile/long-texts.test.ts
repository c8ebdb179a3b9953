import { expect, it } from 'vitest'
import { placeDraft, placeOrder } from '../../support/orders.ts'
import { startTogether } from '../../support/together.ts'

/** Well above what D1 takes as one value, and below what a body may have. */
const LONG = 'x'.repeat(9_000_000)
/** As long as no field is refused, in as many lines as the form shows. */
const MANY = Object.fromEntries(
  Array.from({ length: 250 }, (_, row) => [`lines.${row}.sku`, `${row}${'x'.repeat(19_000)}`]),
)

it('a text of 9 MB is the sender’s fault wherever it is searched for, and wakes nobody', async () => {
  const together = await startTogether()
  const { ordering, billing } = together
  await placeOrder(ordering)
  const { number } = await placeDraft(ordering)
  await together.pull()
  const edit = `/orders/${number}/edit`
  const forms: [app: typeof ordering, path: string, fields: Record<string, string>][] = [
    [ordering, '/orders', { action: 'find-customer', customerSearch: LONG }],
    [ordering, '/orders', { action: 'enter', customerSearch: LONG }],
    [ordering, '/orders', { action: 'find-product.0', 'lines.0.sku': LONG }],
    [ordering, '/orders', { action: 'find-product.0', 'lines.0.description': LONG }],
    [ordering, '/orders', { action: `use-customer.${LONG}` }],
    [ordering, '/orders', { action: `use-product.0.${LONG}`, 'lines.0.sku': '' }],
    [ordering, '/orders', { action: 'enter', scanned: '0', scannedQuantity: '1', 'lines.0.quantity': LONG }],
    [ordering, '/orders', { action: 'save', idempotencyKey: LONG }],
    [ordering, '/orders', { action: 'save', note: LONG }],
    [ordering, '/orders', { action: 'change-currency', currency: 'EUR', ...MANY }],
    [ordering, edit, { action: 'save', seen: LONG }],
    [ordering, edit, { action: `take.${LONG}` }],
    [ordering, `/orders/${number}/delete`, { approval: LONG }],
    [billing, '/sync/reset', { token: LONG }],
    [billing, '/sync/quarantine/retry', { subject: LONG }],
    [billing, '/invoices/1/reject', { seen: LONG, reason: 'No' }],
    [billing, '/invoices/1/reject', { reason: LONG }],
    [billing, '/invoices/1/approve', { seenContent: LONG }],
    [billing, '/invoices/1/credit', { reason: LONG }],
    [billing, '/approvals', { approve: LONG }],
  ]
  for (const [app, path, fields] of forms) {
    const named = [path, ...Object.entries(fields).map(([name, text]) => `${name}=${text.slice(0, 20)}`)].slice(0, 4)
    const { status, headers } = await app.submit(path, fields)
    expect([named, status < 500, (headers.get('Location') ?? '').length < 1_000]).toEqual([named, true, true])
    const isTooLong = app === ordering && Object.values(fields).some((text) => text.length > 20_000)
    expect([named, status === 413]).toEqual([named, isTooLong])
  }
  const documents: [app: typeof ordering, path: string, body: object, status: number][] = [
    [billing, '/api/sync/reset', { token: LONG, preview: true }, 422],
    [billing, '/api/sync/quarantine/retry', { subject: LONG }, 422],
    [billing, '/api/personal-data/erase', { customer: LONG, preview: true }, 422],
    [ordering, '/api/orders', { externalId: LONG }, 422],
  ]
  for (const [app, path, body, status] of documents) {
    expect([path, (await app.send('POST', path, body)).status]).toEqual([path, status])
  }
  expect(together.log('request.failed')).toEqual([])
}, 120_000)
