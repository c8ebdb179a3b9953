// What an order comes to while it is typed: the arithmetic of shared/money.ts on the fields' texts. Big integers
// throughout, for a product of quantity, price and discount outgrows 2^53.

const MAX_AMOUNT = 1_000_000_000n
const MAX_QUANTITY = 1_000_000_000n // in thousandths
const HUNDRED_PERCENT = 10_000n // in hundredths of a percent

/**
 * The nets, taxes and totals of what can be read of the rows. A line's net is undefined where it cannot be read yet.
 * @param lines of texts: quantity, unitPrice, discountPercent, taxPercent
 * @param charges of texts: amount, taxPercent
 * @param decimals of the currency's minor unit
 */
export function priceRows(lines, charges, decimals) {
  const bases = new Map()
  const addBase = (rate, base) => bases.set(rate, (bases.get(rate) ?? 0n) + base)
  const nets = lines.map((line) => {
    const priced = readLine(line, decimals)
    if (priced !== undefined) addBase(priced.tax, priced.net)
    return priced?.net
  })
  for (const { amount, taxPercent } of charges) {
    const base = readWithin(amount, decimals, MAX_AMOUNT)
    const rate = readPercent(taxPercent)
    if (base !== undefined && rate !== undefined) addBase(rate, base)
  }
  const taxes = [...bases]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([rate, base]) => ({ rate, base, tax: divideHalfUp(base * rate, HUNDRED_PERCENT) }))
  const net = taxes.reduce((sum, { base }) => sum + base, 0n)
  const tax = taxes.reduce((sum, each) => sum + each.tax, 0n)
  return { nets, taxes, net, gross: net + tax }
}

function readLine({ quantity, unitPrice, discountPercent, taxPercent }, decimals) {
  const thousandths = readWithin(quantity, 3, MAX_QUANTITY)
  const price = readWithin(unitPrice, decimals, MAX_AMOUNT)
  const discount = readPercent(discountPercent)
  const tax = readPercent(taxPercent)
  if (price === undefined || discount === undefined || tax === undefined || !thousandths) return undefined
  const net = divideHalfUp(thousandths * price * (HUNDRED_PERCENT - discount), 1_000n * HUNDRED_PERCENT)
  return { net, tax }
}

function readPercent(text) {
  return readWithin(text.trim() === '' ? '0' : text, 2, HUNDRED_PERCENT)
}

/** The number in units of its last decimal; undefined if it is none, has more decimals, or is above `most`. */
function readWithin(text, decimals, most) {
  const [, whole, fraction = ''] = /^(\d{1,15})(?:\.(\d+))?$/.exec(text.trim()) ?? []
  const kept = fraction.replace(/0+$/, '')
  if (whole === undefined || kept.length > decimals) return undefined
  const value = BigInt(whole + kept.padEnd(decimals, '0'))
  return value <= most ? value : undefined
}

function divideHalfUp(dividend, divisor) {
  return (dividend * 2n + divisor) / (divisor * 2n)
}

/** Minor units as a decimal that Intl takes: 1450n with 2 decimals is 14.50. */
export function writeMinorUnits(minorUnits, decimals) {
  const digits = String(minorUnits).padStart(decimals + 1, '0')
  return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}
