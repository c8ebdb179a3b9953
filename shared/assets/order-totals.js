// What an order comes to while it is typed: the arithmetic of shared/money/totals.ts on the fields' texts. Big integers
// throughout, for a product of quantity, price and discount outgrows 2^53.

import { readFigure } from './typed-figure.js'

/**
 * @import { FigureKind } from './typed-figure.js'
 * @typedef {Parameters<typeof readFigure>[2]} Page how the page writes figures
 * @typedef {{ quantity: string, unitPrice: string, discountPercent: string, taxPercent: string }} LineTexts
 * @typedef {{ amount: string, taxPercent: string }} ChargeTexts
 */

const HUNDRED_PERCENT = 10_000n // in hundredths of a percent

/**
 * The nets, amounts, taxes and totals of what can be read of the rows. A line's net and a charge's amount is undefined
 * where it cannot be read.
 * @param {readonly LineTexts[]} lines
 * @param {readonly ChargeTexts[]} charges
 * @param {Page} page
 */
export function priceRows(lines, charges, page) {
  /** @type {Map<bigint, bigint>} */
  const bases = new Map()
  const addBase = (/** @type {bigint} */ rate, /** @type {bigint} */ base) =>
    bases.set(rate, (bases.get(rate) ?? 0n) + base)
  const nets = lines.map((line) => {
    const priced = readLine(line, page)
    if (priced !== undefined) addBase(priced.tax, priced.net)
    return priced?.net
  })
  const amounts = charges.map(({ amount, taxPercent }) => {
    const base = read(amount, 'amount', page)
    const rate = read(taxPercent, 'percentage', page)
    if (base === undefined || rate === undefined) return undefined
    addBase(rate, base)
    return base
  })
  const taxes = [...bases]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([rate, base]) => ({ rate, base, tax: divideHalfUp(base * rate, HUNDRED_PERCENT) }))
  const net = taxes.reduce((sum, { base }) => sum + base, 0n)
  const tax = taxes.reduce((sum, each) => sum + each.tax, 0n)
  return { nets, amounts, taxes, net, gross: net + tax }
}

/**
 * What the total is the total of: `Total of 2 of 3 lines: 1 has no price yet`. Rows in which nothing is typed are not
 * counted, since they are not saved. The server's page says the same.
 * @param {{ lines: readonly { sku: string, description: string, unitPrice: string }[],
 *   charges: readonly { description: string, amount: string }[] }} typed
 * @param {{ nets: readonly unknown[], amounts: readonly unknown[] }} prices undefined where a row cannot be read
 */
export function describeTotal({ lines, charges }, { nets, amounts }) {
  const typed = lines.filter(isTypedLine).length
  const missing = lines.filter((line, row) => isTypedLine(line) && nets[row] === undefined)
  const unpriced = missing.filter(({ unitPrice }) => unitPrice.trim() === '').length
  const unreadable = missing.length - unpriced
  const left = charges.filter(
    ({ description, amount }, row) => (description + amount).trim() !== '' && amounts[row] === undefined,
  ).length
  const reasons = [
    unpriced > 0 && `${unpriced} ${unpriced === 1 ? 'has' : 'have'} no price yet`,
    unreadable > 0 && `${unreadable} cannot be read yet`,
    left > 0 && `${left} ${left === 1 ? 'charge is' : 'charges are'} left out`,
  ].filter((reason) => reason !== false)
  const total = missing.length === 0 ? 'Total' : `Total of ${typed - missing.length} of ${typed} lines`
  return reasons.length === 0 ? total : `${total}: ${reasons.join(', ')}`
}

/** @param {{ sku: string, description: string, unitPrice: string }} line */
function isTypedLine({ sku, description, unitPrice }) {
  return (sku + description + unitPrice).trim() !== ''
}

/**
 * @param {LineTexts} line
 * @param {Page} page
 */
function readLine({ quantity, unitPrice, discountPercent, taxPercent }, page) {
  const thousandths = read(quantity, 'quantity', page)
  const price = read(unitPrice, 'amount', page)
  const discount = read(discountPercent, 'percentage', page)
  const tax = read(taxPercent, 'percentage', page)
  if (price === undefined || discount === undefined || tax === undefined || !thousandths) return undefined
  const net = divideHalfUp(thousandths * price * (HUNDRED_PERCENT - discount), 1_000n * HUNDRED_PERCENT)
  return { net, tax }
}

/**
 * The figure in units of its last decimal, or undefined; a percentage that is left empty is 0.
 * @param {string} text
 * @param {FigureKind} kind
 * @param {Page} page
 */
function read(text, kind, page) {
  if (kind === 'percentage' && text.trim() === '') return 0n
  const figure = readFigure(text, kind, page)
  return figure.ok ? figure.value : undefined
}

/**
 * @param {bigint} dividend
 * @param {bigint} divisor
 */
function divideHalfUp(dividend, divisor) {
  return (dividend * 2n + divisor) / (divisor * 2n)
}

/**
 * Minor units as a decimal that Intl takes: 1450n with 2 decimals is 14.50.
 * @param {bigint} minorUnits
 * @param {number} decimals
 */
export function writeMinorUnits(minorUnits, decimals) {
  const digits = String(minorUnits).padStart(decimals + 1, '0')
  return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}
