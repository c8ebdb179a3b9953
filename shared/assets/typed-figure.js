// Reads the figures that people type into a form, and fills them in, as its page writes them. Both Workers import it and
// pages load it, so that a figure means the same while it is typed and when it is stored.

/**
 * @import { Notation, Numerals } from '../money/notation.ts'
 * @import { Result } from '../result.ts'
 */

/**
 * What a field is for: how many decimals it takes, an amount those of its currency, and at most how much, in units of
 * its last decimal.
 * @typedef {'quantity' | 'percentage' | 'amount'} FigureKind
 */

/**
 * Why a figure is refused. `readings` is what it may have been meant to say, as the page writes it: two where two
 * conventions read it differently.
 * @typedef {{ reason: 'empty' }
 *   | { reason: 'not_a_figure' }
 *   | { reason: 'negative' }
 *   | { reason: 'foreign_unit', unit: string }
 *   | { reason: 'ambiguous', readings: string[] }
 *   | { reason: 'too_many_decimals', decimals: number, reading: string, elsewhere: string | undefined }
 *   | { reason: 'too_large', most: string }} FigureRefusal
 */

/**
 * A figure's digits before its decimal mark and behind it.
 * @typedef {{ whole: string, fraction: string }} Parts
 */

/** @type {Record<FigureKind, bigint>} */
const MOST = { quantity: 1_000_000_000n, percentage: 10_000n, amount: 1_000_000_000_000n }
const DECIMALS = { quantity: 3, percentage: 2 }

/** What groups digits in one convention or another, and what no convention puts before decimals. */
const MARKS = /[.,' \u066b\u066c\u060c]/
const NEVER_DECIMAL = /[' \u066c]/
const MOST_CHARACTERS = 60
const SIGNS_OF_PERCENT = ['%', '\u066a']
const NEGATIVE = /^[-\u2010-\u2015\u2212]|[-\u2010-\u2015\u2212]$|^\(.*\)$/
/** Groups of three, by whichever mark. */
const GROUPED = /^[1-9]\d{0,2}([.,' \u066c])\d{3}(?:\1\d{3})*$/

/**
 * Reads what was typed into a field as a figure in the page's notation, exactly: the value in units of its last decimal,
 * so `1.234,50` as an amount in EUR on a German page is 123450n. Groups count where they stand rightly. What does not
 * fit is refused with its readings, never guessed: more decimals than there can be, zeros or not; a mark in the wrong
 * place; three zeros behind the mark, which elsewhere are a group.
 * @param {string} typed
 * @param {FigureKind} kind
 * @param {{ notation: Notation, decimals: number, units: readonly string[] }} page for amounts, `decimals` of their
 *   currency, and `units` that may stand beside them: its code and its sign
 * @returns {Result<bigint, FigureRefusal>}
 */
export function readFigure(typed, kind, page) {
  const decimals = kind === 'amount' ? page.decimals : DECIMALS[kind]
  const systems = kind === 'amount' ? page.notation.amount : page.notation.number
  const text = withoutUnit(unify(typed), unitsFor(kind, page.units))
  if (text === '') return refuse({ reason: 'empty' })
  if (text.length > MOST_CHARACTERS) return refuse({ reason: 'not_a_figure' })
  if (NEGATIVE.test(text)) return refuse({ reason: 'negative' })
  const numerals = systems.find(({ digits }) => digits.some((digit) => text.includes(unify(digit))))
  if (numerals === undefined) return refuse({ reason: 'not_a_figure' })
  const latin = writeLatin(text, numerals)
  const unit = findUnit(latin, numerals)
  if (latin === undefined || unit === undefined) return refuse({ reason: 'not_a_figure' })
  if (unit !== '') return refuse({ reason: 'foreign_unit', unit })

  const write = (/** @type {Parts} */ parts) => {
    return writeFigure(plainOf(parts, kind === 'amount' ? decimals : 0), kind, page.notation, true)
  }
  const figure = fit(latin, numerals)
  if (figure === undefined) return refuse({ reason: 'ambiguous', readings: readingsOf(latin, numerals).map(write) })
  const { whole, fraction } = figure
  const elsewhere = GROUPED.test(latin) ? [write(allWhole(latin))] : []
  if (/[1-9]/.test(fraction.slice(decimals))) {
    return refuse({ reason: 'too_many_decimals', decimals, reading: write(figure), elsewhere: elsewhere[0] })
  }
  // Three zeros are how amounts are written where the currency has three decimals, and nowhere else.
  if (fraction.length > decimals || (fraction === '000' && (kind !== 'amount' || decimals !== 3))) {
    return refuse({ reason: 'ambiguous', readings: [write(figure), ...elsewhere] })
  }
  const value = BigInt(whole + fraction.padEnd(decimals, '0'))
  return value <= MOST[kind]
    ? { ok: true, value }
    : refuse({ reason: 'too_large', most: write(partsOf(MOST[kind], decimals)) })
}

/**
 * A plain decimal as the page writes it: 1234.50 is `1234,50` in German, and `1.234,50` if it is grouped. A field is
 * filled in without groups, which would be wrong after the first digit that is changed.
 * @param {string} plain with a point, and digits alone besides
 * @param {FigureKind} kind
 * @param {Notation} notation
 * @param {boolean} [grouped]
 */
export function writeFigure(plain, kind, notation, grouped = false) {
  const [numerals] = kind === 'amount' ? notation.amount : notation.number
  if (numerals === undefined) return plain
  const { digits, decimal, groups, sizes } = numerals
  const write = (/** @type {string} */ latin) => latin.replaceAll(/\d/g, (digit) => digits[Number(digit)] ?? digit)
  const [whole = '', fraction] = plain.split('.')
  const written = grouped
    ? splitGroups(whole, sizes)
        .map(write)
        .join(groups[0] ?? '')
    : write(whole)
  return fraction === undefined ? written : written + decimal + write(fraction)
}

/**
 * What may stand beside an amount in the currency: its code and its sign in the locale.
 * @param {string} currency
 * @param {string} locale
 */
export function unitsOf(currency, locale) {
  const parts = new Intl.NumberFormat(locale, { style: 'currency', currency }).formatToParts(0)
  return [currency, ...parts.filter(({ type }) => type === 'currency').map(({ value }) => value)]
}

/**
 * @param {FigureKind} kind
 * @param {readonly string[]} ofCurrency
 */
function unitsFor(kind, ofCurrency) {
  if (kind === 'quantity') return []
  return kind === 'percentage' ? SIGNS_OF_PERCENT : ofCurrency
}

/**
 * @param {string} whole
 * @param {Numerals['sizes']} sizes
 */
function splitGroups(whole, [last, before]) {
  const groups = [whole.slice(-last)]
  for (let end = whole.length - last; end > 0; end -= before) {
    groups.unshift(whole.slice(Math.max(0, end - before), end))
  }
  return groups
}

/**
 * The text with what looks alike written alike: full-width forms, the many spaces, apostrophes. Marks of direction come
 * along with a figure that was copied, and say nothing.
 * @param {string} text
 */
function unify(text) {
  return text
    .replaceAll(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .replaceAll(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replaceAll(/\s/g, ' ')
    .replaceAll(/[\u2018\u2019\u02bc]/g, "'")
    .trim()
}

/**
 * @param {string} text
 * @param {readonly string[]} units
 */
function withoutUnit(text, units) {
  const lower = text.toLowerCase()
  for (const unit of units.map((unit) => unify(unit).toLowerCase())) {
    if (unit !== '' && lower.startsWith(unit)) return text.slice(unit.length).trim()
    if (unit !== '' && lower.endsWith(unit)) return text.slice(0, -unit.length).trim()
  }
  return text
}

/**
 * The text with the digits 0 to 9; undefined if it has others beside those of the numerals.
 * @param {string} text
 * @param {Numerals} numerals
 */
function writeLatin(text, { digits }) {
  const own = digits.map(unify)
  const characters = [...text].map((character) => {
    const digit = own.indexOf(character)
    if (digit !== -1) return String(digit)
    return /\p{Nd}/u.test(character) ? undefined : character
  })
  return characters.includes(undefined) ? undefined : characters.join('')
}

/**
 * What stands before or behind the figure and is no part of it; undefined if something stands within it.
 * @param {string | undefined} latin
 * @param {Numerals} numerals
 */
function findUnit(latin, numerals) {
  const isMark = (/** @type {string} */ character) => MARKS.test(character) || marksOf(numerals).includes(character)
  const [, before = '', figure = '', after = ''] = /^(\D*)(.*\d)(\D*)$/su.exec(latin ?? '') ?? []
  if ([...figure].some((character) => !/\d/.test(character) && !isMark(character))) return undefined
  return [before, after]
    .filter((end) => [...end].some((character) => !isMark(character)))
    .join(' ')
    .trim()
}

/** @param {Numerals} numerals */
function marksOf({ decimal, groups }) {
  return [decimal, ...groups].map((mark) => unifyMark(mark))
}

/** A space is a mark, and not to be trimmed. @param {string} mark */
function unifyMark(mark) {
  return unify(mark) || ' '
}

/**
 * The figure, if every mark stands where the numerals put it; undefined otherwise.
 * @param {string} latin
 * @param {Numerals} numerals
 * @returns {Parts | undefined}
 */
function fit(latin, numerals) {
  const [decimal = '', ...groups] = marksOf(numerals)
  const [whole = '', fraction, ...more] = latin.split(decimal)
  if (more.length > 0 || (fraction !== undefined && !/^\d+$/.test(fraction))) return undefined
  const mark = /\D/.exec(whole)?.[0]
  if (mark === undefined) return whole === '' ? undefined : { whole, fraction: fraction ?? '' }
  const parts = whole.split(mark)
  const [first = '', ...others] = parts
  const last = others.pop()
  const [ofLast, ofOthers] = numerals.sizes
  const isGrouped =
    groups.includes(mark) &&
    parts.every((part) => /^\d+$/.test(part)) &&
    first.length <= ofOthers &&
    !first.startsWith('0') &&
    others.every((group) => group.length === ofOthers) &&
    last?.length === ofLast
  return isGrouped ? { whole: parts.join(''), fraction: fraction ?? '' } : undefined
}

/**
 * What a figure whose marks do not fit may mean: the last mark before decimals, or what the page's own marks come to
 * wherever they stand, or all marks between groups.
 * @param {string} latin
 * @param {Numerals} numerals
 * @returns {Parts[]}
 */
function readingsOf(latin, numerals) {
  const marks = latin.match(/\D/g) ?? []
  const last = marks.at(-1) ?? ''
  const [decimal = ''] = marksOf(numerals)
  const readings = [
    ...(NEVER_DECIMAL.test(last) ? [] : [splitAt(latin, latin.lastIndexOf(last))]),
    ...(marks.filter((mark) => mark === decimal).length === 1 ? [splitAt(latin, latin.indexOf(decimal))] : []),
    ...(new Set(marks).size === 1 ? [allWhole(latin)] : []),
  ]
  const distinct = [...new Map(readings.map((parts) => [plainOf(parts, 0), parts])).values()].slice(0, 2)
  return distinct.length === 0 ? [allWhole(latin)] : distinct
}

/**
 * @param {string} latin
 * @param {number} place
 * @returns {Parts}
 */
function splitAt(latin, place) {
  return { whole: onlyDigits(latin.slice(0, place)), fraction: onlyDigits(latin.slice(place)) }
}

/**
 * @param {string} latin
 * @returns {Parts}
 */
function allWhole(latin) {
  return { whole: onlyDigits(latin), fraction: '' }
}

/** @param {string} latin */
function onlyDigits(latin) {
  return latin.replaceAll(/\D/g, '')
}

/**
 * As a plain decimal, with as few decimals as say it, or `fixed` of them.
 * @param {Parts} parts
 * @param {number} fixed
 */
function plainOf({ whole, fraction }, fixed) {
  const decimals = fraction.replace(/0+$/, '').padEnd(fixed, '0')
  return (whole.replace(/^0+(?=.)/, '') || '0') + (decimals === '' ? '' : `.${decimals}`)
}

/**
 * @param {bigint} value in units of its last decimal
 * @param {number} decimals
 * @returns {Parts}
 */
function partsOf(value, decimals) {
  const digits = String(value).padStart(decimals + 1, '0')
  return { whole: digits.slice(0, digits.length - decimals), fraction: digits.slice(digits.length - decimals) }
}

/**
 * @param {FigureRefusal} error
 * @returns {{ ok: false, error: FigureRefusal }}
 */
function refuse(error) {
  return { ok: false, error }
}
