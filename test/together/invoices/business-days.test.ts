import { describe, expect, it } from 'vitest'
import type { Invoice } from '../../../workers/billing/documents/invoice.ts'
import { anOrder, placeOrder } from '../../support/orders.ts'
import { startTogether, type Together } from '../../support/together.ts'

/** Midnight of New Year in UTC: still the old year west of Greenwich, noon of New Year's Day in Auckland. */
const NEW_YEAR = '2026-01-01T00:00:00Z'
const MIDDAY = '2026-01-01T12:00:00Z'
const LATE = '2026-01-01T23:30:00Z'

const ZONES = [
  { zone: 'America/Los_Angeles', days: ['2025-12-31', '2026-01-01', '2026-01-01'] },
  { zone: 'Pacific/Auckland', days: ['2026-01-01', '2026-01-02', '2026-01-02'] },
  { zone: 'Europe/Berlin', days: ['2026-01-01', '2026-01-01', '2026-01-02'] },
] as const

async function start(zone: string): Promise<Together> {
  const together = await startTogether({ ordering: { TIME_ZONE: zone }, billing: { TIME_ZONE: zone } })
  for (const placedAt of [NEW_YEAR, MIDDAY, LATE]) await placeOrder(together.ordering, anOrder({ placedAt }))
  await together.pull()
  return together
}

/** The day that a page names as the one on which the order was placed. */
async function readPlaced(together: Together, app: 'ordering' | 'billing', path: string): Promise<string | undefined> {
  const html = await (await together[app].fetch(path)).text()
  return /<dt>Placed<\/dt><dd><time datetime="([^"]+)"/.exec(html)?.[1]
}

async function listDays(together: Together): Promise<string[]> {
  const html = await (await together.ordering.fetch('/orders?sort=number')).text()
  return [...html.matchAll(/data-label="Placed"[^>]*><time datetime="([^"]+)"/g)].map(([, day = '']) => day)
}

async function listNumbers(together: Together, query: string): Promise<number[]> {
  const html = await (await together.ordering.fetch(`/orders?sort=number&${query}`)).text()
  return [...html.matchAll(/<a href="\/orders\/(\d+)">\d+<\/a>/g)].map(([, number]) => Number(number))
}

describe.each(ZONES)('in $zone', ({ zone, days }) => {
  it('an instant falls on one day on every page of both apps', async () => {
    const together = await start(zone)
    expect(await listDays(together)).toEqual(days)
    for (const [index, day] of days.entries()) {
      const number = index + 1
      expect(await readPlaced(together, 'ordering', `/orders/${number}`)).toBe(day)
      expect(await readPlaced(together, 'billing', `/orders/${number}`)).toBe(day)
      expect(await readPlaced(together, 'billing', `/invoices/${number}`)).toBe(day)
      const history = await (await together.ordering.fetch(`/orders/${number}`)).text()
      expect(history).toMatch(new RegExp(`Placed</p><p class="timeline-at"><time datetime="${day}"`))
    }
  })

  it('a list filtered by a day has the orders that it shows on that day', async () => {
    const together = await start(zone)
    for (const day of new Set<string>([...days, '2025-12-30', '2026-01-03'])) {
      const expected = days.flatMap((placed, index) => (placed === day ? [index + 1] : []))
      expect(await listNumbers(together, `from=${day}&to=${day}`)).toEqual(expected)
    }
    expect(await listNumbers(together, 'from=2026-01-01')).toEqual(
      days.flatMap((placed, index) => (placed >= '2026-01-01' ? [index + 1] : [])),
    )
    expect(await listNumbers(together, 'to=9999-12-31&from=0001-01-01')).toEqual([1, 2, 3])
  })

  it('an invoice and its credit note have the day of the business, and a number of its year', async () => {
    const { billing } = await start(zone)
    const etag = (await billing.fetch('/api/invoices/1')).headers.get('ETag') ?? ''
    const approved = await billing.send('POST', '/api/invoices/1/approve', undefined, { 'If-Match': etag })
    const { decidedAt, issuedOn, invoiceNumber } = (await approved.json()) as Invoice
    const today = new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(new Date(decidedAt ?? ''))
    expect(issuedOn).toBe(today)
    expect(invoiceNumber).toBe(`${today.slice(0, 4)}-000001`)
    const file = await (await billing.fetch(`/invoices.csv?month=${today.slice(0, 7)}`)).text()
    expect(file).toContain(invoiceNumber)
  })
})
