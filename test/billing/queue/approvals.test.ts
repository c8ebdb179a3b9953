import { describe, expect, it } from 'vitest'
import { amendOrder, anOrder, order10248, placeOrder } from '../../support/orders.ts'
import type { RunningWorker } from '../../../shared/simulator/running-worker.ts'
import { startTogether } from '../../support/together.ts'
import { approve, headingOf, readInvoice } from '../support.ts'

/** The fields of the page that sums up these invoices, as its form sends them. */
async function readApprovals(billing: RunningWorker, ids: number[]): Promise<[string, string][]> {
  const path = `/approvals?${ids.map((id) => `id=${id}`).join('&')}`
  const page = await (await billing.fetch(path)).text()
  const fields = page.matchAll(/<input type="hidden" name="approve" value="([^"]*)"/g)
  return [...fields].map(([, value = '']) => ['approve', value.replaceAll('&quot;', '"')])
}

describe('the queue', () => {
  it('says how many wait and what they come to in each currency, and offers to approve several', async () => {
    const { ordering, billing, pull } = await startTogether()
    for (const order of [anOrder(), anOrder(), order10248]) await placeOrder(ordering, order)
    await pull()
    const page = await (await billing.fetch('/')).text()
    expect(page.replaceAll(/<[^>]*>/g, '')).toMatch(/3 invoices, the oldest created .*: €20\.00 · US\$200\.38/)
    expect(page).toContain('href="/approvals?id=1&amp;id=2&amp;id=3"')
    expect(page).toContain('aria-label="Select the invoice for order 2"')
    expect(await (await billing.fetch('/invoices?state=All')).text()).not.toContain('Approve selected')
  })

  it('is walked from invoice to invoice, past what was decided', async () => {
    const { ordering, billing, pull } = await startTogether()
    for (let count = 0; count < 4; count += 1) await placeOrder(ordering)
    await pull()
    await approve(billing, 2)
    const third = await (await billing.fetch('/invoices/3')).text()
    expect(third).toMatch(/href="\/invoices\/1" rel="prev"/)
    expect(third).toMatch(/href="\/invoices\/4" rel="next"/)
    const decided = await (await billing.fetch('/invoices/2')).text()
    expect(decided).toMatch(/href="\/invoices\/3" rel="next"/)
  })
})

describe('several approvals at once', () => {
  it('show what they come to, approve each by what was shown, and list what became of each', async () => {
    const { ordering, billing, pull } = await startTogether()
    for (const order of [anOrder(), anOrder(), anOrder()]) await placeOrder(ordering, order)
    await pull()
    const summary = await (await billing.fetch('/approvals?id=1&id=2&id=3&id=2')).text()
    expect(headingOf(summary)).toBe('Approve 3 invoices')
    expect(summary).toContain('€30.00')
    const fields = await readApprovals(billing, [1, 2, 3])
    await amendOrder(ordering, 2, anOrder({ note: 'Two boxes' }))
    await pull()
    const answer = await billing.submit('/approvals', fields)
    expect(answer.status).toBe(303)
    const done = await (await billing.fetch(answer.headers.get('Location') ?? '')).text()
    expect(headingOf(done)).toBe('2 of 3 approved')
    expect(done).toContain('It has changed since you saw it')
    const numbers = await Promise.all(
      [1, 2, 3].map(async (id) => (await readInvoice(billing, id)).invoice.invoiceNumber),
    )
    expect(numbers.map((number) => number?.slice(-1))).toEqual(['1', undefined, '2'])
  })

  it('sent twice approve once', async () => {
    const { ordering, billing, pull } = await startTogether()
    for (let count = 0; count < 2; count += 1) await placeOrder(ordering)
    await pull()
    const fields = await readApprovals(billing, [1, 2])
    await billing.submit('/approvals', fields)
    const again = await billing.submit('/approvals', fields)
    expect(headingOf(await (await billing.fetch(again.headers.get('Location') ?? '')).text())).toBe('2 of 2 approved')
    expect((await readInvoice(billing, 2)).invoice.invoiceNumber).toMatch(/-000002$/)
    expect(await billing.sql('SELECT count(*) AS decisions FROM decisions')).toEqual([{ decisions: 2 }])
  })

  it('say which ones take a second person', async () => {
    const { ordering, billing, pull } = await startTogether({ billing: { FOUR_EYES: '{"EUR": 500}' } })
    await placeOrder(ordering)
    await pull()
    const answer = await billing.submit('/approvals', await readApprovals(billing, [1]))
    const done = await (await billing.fetch(answer.headers.get('Location') ?? '')).text()
    expect(headingOf(done)).toBe('0 of 1 approved')
    expect(done).toContain('Somebody else must approve it')
  })

  it('leave the rest in the queue where more are chosen than go at once, and pass over what is no invoice', async () => {
    const { ordering, billing, pull } = await startTogether()
    await placeOrder(ordering)
    await pull()
    const ids = [...Array(30).keys()].map((id) => `id=${id + 1}`).join('&')
    const page = await (await billing.fetch(`/approvals?${ids}&id=x`)).text()
    expect(headingOf(page)).toBe('Approve 1 invoice')
    expect(page).toContain('5 more were selected')
    expect((await billing.fetch('/approvals?id=x')).headers.get('Location')).toBe('/invoices')
    const odd = await billing.submit('/approvals', { approve: '1 "no tag"' })
    expect(odd.headers.get('Location')).toBe('/invoices')
  })
})
