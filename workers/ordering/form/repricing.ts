import { writeFigure } from '../../../shared/assets/typed-figure.js'
import { writeMinorUnits } from '../../../shared/money/totals.ts'
import { notationOf } from '../../../shared/money/notation.ts'
import type { OrderForm } from './form.ts'
import type { Product } from '../catalogue/product.ts'

/** What becomes of the prices in a form when its currency changes, the lines first. No figure is converted. */
export type Repricing = {
  from: string
  to: string
  /** `becomes` in minor units of `to`; undefined where the price is to be entered. `now` is what is typed. */
  prices: { kind: 'line' | 'charge'; row: number; description: string; now: string; becomes: number | undefined }[]
}

/** The skus that the catalogue is asked for before the form is repriced. */
export function listSkus({ lines }: OrderForm): string[] {
  return [...new Set(lines.map(({ sku }) => sku).filter((sku) => sku !== ''))]
}

/**
 * What a change to the currency makes of each price: the catalogue's, where it has the product in that currency, and
 * else none, for a figure would mean another sum. A line whose price was not entered yet is named once it gets one.
 */
export function repricingOf(form: OrderForm, to: string, products: readonly Product[]): Repricing {
  const lines = form.lines.map((line, row) => {
    const product = products.find(({ sku, currency }) => sku === line.sku && currency === to)
    const { description, unitPrice } = line
    return { kind: 'line' as const, row, description, now: unitPrice, becomes: product?.unitPrice }
  })
  const charges = form.charges.map(({ description, amount }, row) => {
    return { kind: 'charge' as const, row, description, now: amount, becomes: undefined }
  })
  const prices = [...lines, ...charges].filter(({ now, becomes }) => now !== '' || becomes !== undefined)
  return { from: form.currency, to, prices }
}

/** The form in the other currency, its prices as the repricing says. */
export function reprice(form: OrderForm, { to, prices }: Repricing): OrderForm {
  const write = (kind: 'line' | 'charge', row: number) => {
    const becomes = prices.find((price) => price.kind === kind && price.row === row)?.becomes
    return becomes === undefined ? '' : writeFigure(writeMinorUnits(becomes, to), 'amount', notationOf(form.locale))
  }
  return {
    ...form,
    currency: to,
    lines: form.lines.map((line, row) => ({ ...line, unitPrice: write('line', row) })),
    charges: form.charges.map((charge, row) => ({ ...charge, amount: write('charge', row) })),
  }
}
