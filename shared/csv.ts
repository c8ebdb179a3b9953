/** A cell: a text, a number as it is, or nothing. */
export type CsvCell = string | number | null

/** A spreadsheet takes a text that begins so for a formula, in full-width forms as well. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/
const QUOTED = /[",\r\n]/

/** What a file begins with so that a spreadsheet reads it as UTF-8. */
export const BYTE_ORDER_MARK = '\uFEFF'

/**
 * A line of CSV (RFC 4180) with its end. A text that a spreadsheet would take for a formula gets an apostrophe before
 * it, so that what a customer calls himself does nothing on the machine of who opens the file.
 */
export function writeCsvLine(cells: readonly CsvCell[]): string {
  return cells.map(writeCell).join(',') + '\r\n'
}

function writeCell(cell: CsvCell): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return String(cell)
  const text = FORMULA.test(cell) ? `'${cell}` : cell
  return QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
