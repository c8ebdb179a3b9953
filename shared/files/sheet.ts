import { numberFormat } from '../text/formats.ts'
import { writeMinorUnits } from '../money/totals.ts'

/**
 * A cell of a list that people open in a spreadsheet: a text, a whole number that is counted or given, an amount in minor
 * units of its currency (big where many are added up), a percentage, a day as YYYY-MM-DD, or nothing.
 */
export type Cell =
  | string
  | number
  | null
  | { amount: number | bigint; currency: string }
  | { percent: number }
  | { day: string }

/** Rows as they are read, a part at a time; the first row is the headings. */
export type Rows = AsyncGenerator<readonly (readonly Cell[])[], void>

/** The figures of a cell as plain digits with a point: an amount has the decimals of its currency. */
export function digitsOf(cell: number | { amount: number | bigint; currency: string } | { percent: number }): string {
  if (typeof cell === 'number') return String(cell)
  return 'percent' in cell ? String(cell.percent) : writeMinorUnits(cell.amount, cell.currency)
}

/** How a spreadsheet takes CSV apart and reads its figures. */
export type CsvDialect = { separator: ',' | ';'; decimalMark: '.' | ',' }

/** The dialects by the names that an address gives them. */
export const CSV_DIALECTS = {
  comma: { separator: ',', decimalMark: '.' },
  semicolon: { separator: ';', decimalMark: ',' },
} as const satisfies Record<string, CsvDialect>

/** Where figures have a point and lists yet are taken apart at semicolons. */
const POINT_AND_SEMICOLON = /-(?:CH|LI)\b/

/** The dialect of spreadsheets where figures are written as in `locale`. */
export function dialectOf(locale: string): CsvDialect {
  const mark = numberFormat(locale, {})
    .formatToParts(1.5)
    .find(({ type }) => type === 'decimal')?.value
  if (mark === ',') return CSV_DIALECTS.semicolon
  return POINT_AND_SEMICOLON.test(locale) ? { separator: ';', decimalMark: '.' } : CSV_DIALECTS.comma
}

/** The dialect that was asked for by its name, else the one of `locale`. */
export function askedDialect(name: string | null, locale: string): CsvDialect {
  return name === 'comma' || name === 'semicolon' ? CSV_DIALECTS[name] : dialectOf(locale)
}
