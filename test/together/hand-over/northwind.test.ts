import { describe, expect, it } from 'vitest'
import type { Invoice } from '../../../workers/billing/documents/invoice.ts'
import { findCollection } from '../../support/northwind.ts'
import { type ImportLine, importOrders } from '../../support/orders.ts'
import { startTogether, type Together } from '../../support/together.ts'
import { pullToEnd, readBilling, readOrdering } from '../both-sides.ts'

const { name, orders } = findCollection()
/** What 830 orders of Northwind come to, worked out from the files; the sample's figures are counted. */
const confirmed = name === 'northwind' ? 809 : orders.filter(({ state }) => state === 'Confirmed').length
const total = name === 'northwind' ? 830 : orders.length

async function importAll({ ordering }: Together): Promise<unknown[]> {
  const summaries: unknown[] = []
  for (let from = 0; from < orders.length; from += 250) {
    summaries.push(await importOrders(ordering, orders.slice(from, from + 250)))
  }
  return summaries
}

async function listInvoices({ billing }: Together): Promise<Invoice[]> {
  const invoices: Invoice[] = []
  let next: number | null = null
  do {
    const after: string = next === null ? '' : `&after=${next}`
    const response = await billing.fetch(`/api/invoices?limit=200${after}`)
    const page = (await response.json()) as { invoices: Invoice[]; next: number | null }
    invoices.push(...page.invoices)
    ;({ next } = page)
  } while (next !== null)
  return invoices
}

describe(`the ${total} orders of the ${name} collection`, () => {
  it('go in once, and the confirmed ones come out in billing, each once, with an invoice to the cent', async () => {
    const together = await startTogether()
    const { ordering, billing, pull } = together
    const created = await importAll(together)
    expect(created).toEqual(
      created.map(() => expect.objectContaining({ changed: 0, unchanged: 0, failed: [] }) as unknown),
    )
    expect(await ordering.sql('SELECT count(*) AS orders FROM orders')).toEqual([{ orders: total }])

    await pullToEnd(together)
    expect(await readBilling(billing)).toEqual(await readOrdering(ordering))
    const invoices = await listInvoices(together)
    expect(invoices).toHaveLength(confirmed)
    expect(new Set(invoices.map(({ orderNumber }) => orderNumber)).size).toBe(confirmed)
    const numbers = await ordering.sql<{ number: number; externalId: string }>(
      'SELECT number, external_id AS externalId FROM orders',
    )
    const lineOf = new Map(orders.map((line) => [line.externalId, line]))
    const expected = new Map(numbers.map(({ number, externalId }) => [number, lineOf.get(externalId)]))
    expect(invoices.map(({ orderNumber, gross }) => [orderNumber, gross])).toEqual(
      invoices.map(({ orderNumber }) => [orderNumber, Number(exactGross(expected.get(orderNumber)))]),
    )

    const again = await importAll(together)
    expect(again).toEqual(again.map(() => expect.objectContaining({ created: 0, changed: 0, failed: [] }) as unknown))
    expect(await ordering.sql('SELECT count(*) AS orders FROM orders')).toEqual([{ orders: total }])
    expect(await pull()).toMatchObject({ outcome: 'ok', created: 0, changed: 0, unchanged: 0, pages: 0 })
  }, 120_000)
})

/** The order's gross in minor units, by fractions of big integers alone: one rounding a line, one a tax rate. */
function exactGross(order: ImportLine | undefined): bigint {
  if (order === undefined) throw new Error('Cannot work out the gross of an order that was not imported')
  const bases = new Map<bigint, bigint>()
  const add = (percent: number | undefined, net: bigint): void => {
    const rate = hundredths(percent ?? 0)
    bases.set(rate, (bases.get(rate) ?? 0n) + net)
  }
  for (const { quantity, unitPrice, discountPercent = 0, taxPercent } of order.lines) {
    const exact = scaled(quantity, 3) * BigInt(unitPrice) * (10_000n - hundredths(discountPercent))
    add(taxPercent, roundHalfUp(exact, 1_000n * 10_000n))
  }
  for (const { amount, taxPercent } of order.charges ?? []) add(taxPercent, BigInt(amount))
  return [...bases].reduce((gross, [rate, base]) => gross + base + roundHalfUp(base * rate, 10_000n), 0n)
}

function roundHalfUp(dividend: bigint, divisor: bigint): bigint {
  const whole = dividend / divisor
  return (dividend - whole * divisor) * 2n >= divisor ? whole + 1n : whole
}

function hundredths(percent: number): bigint {
  return scaled(percent, 2)
}

/** The decimal as it is written, without its point: 12.5 at three decimals is 12500. */
function scaled(value: number, decimals: number): bigint {
  const [whole = '0', fraction = ''] = String(value).split('.')
  return BigInt(whole + fraction.padEnd(decimals, '0'))
}
