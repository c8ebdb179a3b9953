import { type FigureKind, type FigureRefusal, readFigure, unitsOf, writeFigure } from '../assets/typed-figure.js'
import { minorUnitDecimals } from './currency.ts'
import { type Notation, notationOf } from './notation.ts'
import { err, ok, type Result } from '../result.ts'

/** How one page writes figures: in its locale, and amounts in the currency; undefined while none is chosen. */
export type FigureStyle = { notation: Notation; currency: string | undefined; units: readonly string[] }

const UNITS_OF_ONE: Record<Exclude<FigureKind, 'amount'>, number> = { quantity: 1_000, percentage: 100 }
const EXAMPLES: Record<FigureKind, string> = { quantity: '12.5', percentage: '12.5', amount: '14.5' }

/** The style of a page in `locale`; throws as Intl does for what is no locale. */
export function figureStyle(locale: string, currency: string | undefined): FigureStyle {
  const units = currency === undefined ? [] : unitsOf(currency, locale)
  return { notation: notationOf(locale), currency, units }
}

/** What was typed as a quantity or a percentage, or as an amount in minor units of the currency; else why it is refused. */
export function parseFigure(typed: string, kind: FigureKind, style: FigureStyle): Result<number, FigureRefusal> {
  const { notation, units } = style
  const read = readFigure(typed, kind, { notation, units, decimals: decimalsOf(style) })
  if (!read.ok) return err(read.error)
  // The quotient is the double that is nearest to the decimal, as a literal would be.
  return ok(kind === 'amount' ? Number(read.value) : Number(read.value) / UNITS_OF_ONE[kind])
}

/** The refusal in words for whoever typed it. Short, for they stand below fields that are as narrow as a figure. */
export function explainFigure(refusal: FigureRefusal, kind: FigureKind, style: FigureStyle): string {
  const { currency = '' } = style
  switch (refusal.reason) {
    case 'empty':
      return kind === 'amount' ? 'Enter an amount' : 'Enter a number'
    case 'not_a_figure':
      return `Write a number, such as ${writeExample(kind, style)}`
    case 'negative':
      return 'Must not be below 0'
    case 'foreign_unit':
      return `Leave out “${refusal.unit}”${kind === 'amount' ? `: the order is in ${currency}` : ''}`
    case 'ambiguous':
      return `Did you mean ${refusal.readings.join(' or ')}?`
    case 'too_many_decimals': {
      const { reading, decimals, elsewhere } = refusal
      const most = kind === 'amount' ? `${currency} has ${decimals === 0 ? 'none' : decimals}` : `at most ${decimals}`
      const said = `${reading} has too many decimals: ${most}`
      return elsewhere === undefined ? said : `${said}. Did you mean ${elsewhere}?`
    }
    case 'too_large':
      return `At most ${refusal.most}${kind === 'amount' ? ` ${currency}` : ''}`
  }
}

/** A figure as its fields on the page are written. */
function writeExample(kind: FigureKind, style: FigureStyle): string {
  const [whole = '', fraction = ''] = EXAMPLES[kind].split('.')
  const decimals = kind === 'amount' ? decimalsOf(style) : 1
  return writeFigure(decimals === 0 ? whole : `${whole}.${fraction.padEnd(decimals, '0')}`, kind, style.notation)
}

function decimalsOf({ currency }: FigureStyle): number {
  return currency === undefined ? 0 : minorUnitDecimals(currency)
}
