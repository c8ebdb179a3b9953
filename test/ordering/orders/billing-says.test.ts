import { describe, expect, it } from 'vitest'
import { withoutUnbroken } from '../../support/html-form.ts'
import { approve, findInvoiceOf, reject } from '../../billing/support.ts'
import { poison, correct } from '../../billing/trouble.ts'
import { amendOrder, anOrder, placeDraft, placeOrder } from '../../support/orders.ts'
import { startTogether, type Together } from '../../support/together.ts'

describe('what billing tells of an order', () => {
  it('asks to correct an order whose invoice was rejected, until it was', async () => {
    const together = await startTogether()
    const { number, invoiceId } = await anInvoice(together)
    await reject(together.billing, invoiceId, 'Wrong <address>')
    await together.pull()
    expect(await told(together, number)).toMatchObject([{ kind: 'rejected', reason: 'Wrong <address>' }])
    const asked = await show(together, number)
    expect(asked).toContain('Billing rejected the invoice. Please correct the order')
    expect(asked).toContain('Wrong &lt;address&gt;')
    await amendOrder(together.ordering, number, anOrder({ note: 'Corrected' }))
    const corrected = await show(together, number)
    expect(corrected).not.toContain('Please correct the order')
    expect(corrected).toContain('Invoice rejected by <bdi>you@example.com</bdi>')
  })

  it('names the invoice that was approved, and says so once the order was changed after it', async () => {
    const together = await startTogether()
    const { number, invoiceId } = await anInvoice(together)
    await approve(together.billing, invoiceId)
    await together.pull()
    const [notice] = await told(together, number)
    expect(notice).toMatchObject({ kind: 'approved', by: 'you@example.com' })
    const invoiceNumber = String(notice?.['invoiceNumber'])
    expect(await show(together, number)).toContain(`Invoice ${invoiceNumber} approved by <bdi>you@example.com</bdi>`)
    await amendOrder(together.ordering, number, anOrder({ note: 'Too late' }))
    expect(await show(together, number)).toContain(`Changed after invoice ${invoiceNumber} was approved`)
  })

  it('says nothing more once the order says again what was approved', async () => {
    const together = await startTogether()
    const { number, invoiceId } = await anInvoice(together)
    await approve(together.billing, invoiceId)
    await together.pull()
    await amendOrder(together.ordering, number, anOrder({ note: 'Too late' }))
    expect(await show(together, number)).toContain('Changed after invoice')
    await amendOrder(together.ordering, number, anOrder({ externalId: 'NEW-1' }))
    expect(await show(together, number)).not.toContain('Changed after invoice')
  })

  it('says that billing cannot read the order, and that it can again', async () => {
    const together = await startTogether()
    const { number } = await anInvoice(together)
    await poison(together, number)
    expect(await show(together, number)).toContain('Billing could not read this order')
    await correct(together, number)
    await together.pull()
    await together.pull()
    expect(await told(together, number)).toMatchObject([{ kind: 'released' }])
    const released = await show(together, number)
    expect(released).not.toContain('Billing could not read this order')
    expect(released).toContain('Readable again')
  })

  it('is left out of the order while it has told nothing, and makes it be answered whole afterwards', async () => {
    const together = await startTogether()
    const { number, invoiceId } = await anInvoice(together)
    const path = `/api/orders/${number}`
    const before = await together.ordering.fetch(path)
    const etag = before.headers.get('ETag') ?? ''
    expect(await before.json()).not.toHaveProperty('billing')
    expect((await together.ordering.fetch(path, { headers: { 'If-None-Match': etag } })).status).toBe(304)
    await approve(together.billing, invoiceId)
    await together.pull()
    const after = await together.ordering.fetch(path, { headers: { 'If-None-Match': etag } })
    expect(after.status).toBe(200)
    expect(after.headers.get('ETag')).toBe(etag)
  })

  it('leads to where the order is, once it was confirmed', async () => {
    const together = await startTogether()
    const { number } = await anInvoice(together)
    expect(await show(together, number)).toContain(`href="http://localhost:8788/trace?order=${number}"`)
    const draft = await placeDraft(together.ordering)
    expect(await show(together, draft.number)).not.toContain('/trace?order=')
  })
})

/** A confirmed order, pulled: its invoice waits. */
async function anInvoice({ ordering, billing, pull }: Together): Promise<{ number: number; invoiceId: number }> {
  const { number } = await placeOrder(ordering)
  await pull()
  return { number, invoiceId: (await findInvoiceOf(billing, number)).invoice.id }
}

async function told({ ordering }: Together, number: number): Promise<Record<string, unknown>[]> {
  const order = (await (await ordering.fetch(`/api/orders/${number}`)).json()) as { billing: Record<string, unknown>[] }
  return order.billing
}

async function show({ ordering }: Together, number: number): Promise<string> {
  return withoutUnbroken(await (await ordering.fetch(`/orders/${number}`)).text())
}
