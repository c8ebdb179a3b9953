import { hc } from 'hono/client'
import type { BillingApi } from '../../workers/billing/openapi/document.ts'
import type { OrderingApi } from '../../workers/ordering/openapi/document.ts'

/** How a program reaches an app: its address, and the headers of its service token of Cloudflare Access. */
export type Place = { origin: string; headers: Record<string, string>; fetch?: typeof fetch }

/** An example: places an order, confirms it, lets billing pull it, and approves its invoice. Returns its number. */
export async function billAnOrder(orderingPlace: Place, billingPlace: Place): Promise<string | null> {
  const ordering = hc<OrderingApi>(orderingPlace.origin, orderingPlace)
  const billing = hc<BillingApi>(billingPlace.origin, billingPlace)

  const placed = await ordering.api.orders.$post({
    header: { 'Idempotency-Key': crypto.randomUUID() },
    json: {
      currency: 'EUR',
      customer: {
        id: 'LINDEN',
        name: 'Lindenhof Teehandel',
        address: { street: 'Am Deich 3', city: 'Bremen', country: 'DE' },
      },
      lines: [{ sku: 'TEA-1', description: 'Assam, 250 g', quantity: 10, unitPrice: 400, taxPercent: 7 }],
    },
  })
  if (!placed.ok) throw new Error(describe(await placed.json()))
  const order = await placed.json()

  const confirmed = await ordering.api.orders[':number'].confirm.$post({ param: { number: String(order.number) } })
  if (!confirmed.ok) throw new Error(describe(await confirmed.json()))

  const run = await billing.api.sync.run.$post()
  if (!run.ok) throw new Error(describe(await run.json()))

  const listed = await billing.api.invoices.$get({ query: { order: String(order.number), state: 'ToApprove' } })
  if (!listed.ok) throw new Error(describe(await listed.json()))
  const [invoice] = (await listed.json()).invoices
  if (invoice === undefined) throw new Error(`Order ${order.number} has no invoice yet`)

  const param = { id: String(invoice.id) }
  const read = await billing.api.invoices[':id'].$get({ param })
  const seen = read.headers.get('ETag') ?? ''
  const approved = await billing.api.invoices[':id'].approve.$post({ param, header: { 'If-Match': seen } })
  if (!approved.ok) throw new Error(describe(await approved.json()))
  return (await approved.json()).invoiceNumber
}

function describe({ title, detail }: { title: string; detail: string }): string {
  return `${title}: ${detail}`
}
