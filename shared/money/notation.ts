import { numberFormat } from '../text/formats.ts'

/** Digits and marks with which a locale writes figures. */
export type Numerals = {
  /** Ten of them, from zero on. */
  digits: readonly string[]
  /** Stands before the decimals. */
  decimal: string
  /** What may stand between groups of digits, the usual one first. */
  groups: readonly string[]
  /** How many digits the last group has, and each one before it: 3 and 3, in India 3 and 2. */
  sizes: readonly [last: number, before: number]
}

/** How a locale writes figures, and where it differs, amounts of money; its own numerals first, then others that it reads. */
export type Notation = { number: readonly Numerals[]; amount: readonly Numerals[] }

/** Digits that people of a language type too where their locale writes Latin ones, and the other way round. */
const NATIVE_DIGITS: Record<string, string> = {
  ar: 'arab',
  bn: 'beng',
  fa: 'arabext',
  hi: 'deva',
  mr: 'deva',
  ne: 'deva',
  ps: 'arabext',
  ur: 'arabext',
}
const SAMPLE = 12_345_678_901.5

/** How `locale` writes figures, as Intl knows it; throws as Intl does for what is no locale. */
export function notationOf(locale: string): Notation {
  const { language } = new Intl.Locale(locale)
  const native = NATIVE_DIGITS[language]
  const others = ['latn', ...(native === undefined ? [] : [native])].map((numberingSystem) =>
    new Intl.Locale(locale, { numberingSystem }).toString(),
  )
  const each = [locale, ...others].map(readNumerals)
  return {
    number: once(each.map(({ number }) => number)),
    amount: once(each.map(({ amount }) => amount)),
  }
}

function readNumerals(locale: string): { number: Numerals; amount: Numerals } {
  const digits = Array.from({ length: 10 }, (_, digit) => numberFormat(locale, { useGrouping: false }).format(digit))
  const number = readMarks(locale, {})
  const amount = readMarks(locale, { style: 'currency', currency: 'USD' })
  // In en-CH that currency is grouped by another mark than all others.
  const inEuro = readMarks(locale, { style: 'currency', currency: 'EUR' })
  // A page shows quantities and amounts side by side: what groups the one is a group to its reader in the other, too.
  const groups = [number, amount, inEuro].flatMap(({ group }) => group)
  const numeralsOf = ({ group, decimal, sizes }: Marks): Numerals => ({
    digits,
    decimal,
    groups: [...new Set([...group, ...groups])].filter((mark) => mark !== decimal),
    sizes,
  })
  return { number: numeralsOf(number), amount: numeralsOf(amount) }
}

type Marks = Pick<Numerals, 'decimal' | 'sizes'> & { group: string[] }

function readMarks(locale: string, style: Intl.NumberFormatOptions): Marks {
  const options = { ...style, useGrouping: 'always', minimumFractionDigits: 1, maximumFractionDigits: 1 } as const
  const parts = numberFormat(locale, options).formatToParts(SAMPLE)
  const valuesOf = (type: string) => parts.filter((part) => part.type === type).map(({ value }) => value)
  const [last = 3, before = last] = valuesOf('integer')
    .map((digits) => [...digits].length)
    .toReversed()
  return { decimal: valuesOf('decimal')[0] ?? '.', group: valuesOf('group').slice(0, 1), sizes: [last, before] }
}

/** Without those whose digits come earlier. */
function once(numerals: readonly Numerals[]): Numerals[] {
  const written = numerals.map(({ digits }) => digits.join(''))
  return numerals.filter((_, index) => written.indexOf(written[index] ?? '') === index)
}
