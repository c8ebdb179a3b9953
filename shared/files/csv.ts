import { type Cell, type CsvDialect, digitsOf, type Rows } from './sheet.ts'

/** What a file begins with so that a spreadsheet reads it as UTF-8. */
const BYTE_ORDER_MARK = '\uFEFF'

/** At each of these a spreadsheet may take a line apart, whatever it was written with. */
const SEPARATOR = /[,;\t|"\r\n]/

/** What would end the line, or begin a column where tabs do. */
const BREAKS = /[\t-\r\u0085\u2028\u2029]+/g

/** What begins a formula, in its other widths too, at the beginning of a text or where a spreadsheet may split it. */
const FORMULA = /(?<=(?:^|[,;|])[\s"]*)[=+\-@＝＋－＠﹦﹢﹣﹫]/g

/** The rows as a file of CSV (RFC 4180), a part for each part that they are read in. */
export async function* writeCsv(rows: Rows, dialect: CsvDialect): AsyncGenerator<string, void> {
  let head = BYTE_ORDER_MARK
  for await (const part of rows) {
    yield head + part.map((row) => writeCsvLine(row, dialect)).join('')
    head = ''
  }
}

/**
 * One row and its end. No cell of it begins with a formula however the line is taken apart, so that what customers call
 * themselves does nothing on the machine of who opens it: an apostrophe comes before each sign that could begin one, even
 * within a text. A row is one line: breaks and tabs in a text become spaces.
 */
export function writeCsvLine(row: readonly Cell[], dialect: CsvDialect): string {
  return row.map((cell) => writeCell(cell, dialect)).join(dialect.separator) + '\r\n'
}

function writeCell(cell: Cell, { decimalMark }: CsvDialect): string {
  if (cell === null) return ''
  if (typeof cell === 'string') return quote(cell.replace(BREAKS, ' ').replace(FORMULA, `'$&`))
  if (typeof cell === 'object' && 'day' in cell) return cell.day
  // Not quoted: a figure holds the decimal mark, and never the separator of its own dialect.
  return digitsOf(cell).replace('.', decimalMark)
}

function quote(text: string): string {
  return SEPARATOR.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
