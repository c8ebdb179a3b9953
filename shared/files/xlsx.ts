import { strToU8, Zip, ZipDeflate } from 'fflate'
import { minorUnitDecimals } from '../money/currency.ts'
import { type Cell, digitsOf, type Rows } from './sheet.ts'

/** What a spreadsheet of Office Open XML is sent as. */
export const XLSX_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const RELATIONSHIPS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
const SHEET = 'xl/worksheets/sheet1.xml'

/** The styles of cells by their places in the workbook's list of them; amounts have one for each number of decimals. */
const STYLES = { general: 0, heading: 1, text: 2, day: 3, amount: 4 }
const AMOUNT_FORMATS = ['#,##0', '#,##0.0', '#,##0.00', '#,##0.000', '#,##0.0000']
/** How many digits of a number a spreadsheet keeps. */
const MOST_DIGITS = 15
const DAY_MS = 86_400_000
/** Days are counted from here, since a spreadsheet believes that 1900 was a leap year. */
const DAY_ZERO_MS = Date.UTC(1899, 11, 30)

/**
 * The rows as a workbook of one sheet (ECMA-376), a part for each part that they are read in. Texts are texts, and so never
 * formulas, dates or numbers that lose a zero; amounts and days are numbers that are shown as the reader's machine writes
 * them. An amount with more digits than a spreadsheet keeps is a text.
 * @param name the sheet's
 */
export async function* writeXlsx(rows: Rows, name: string): AsyncGenerator<Uint8Array, void> {
  const zip = new ZippedFiles()
  const sheet = zip.open(SHEET)
  let row = 0
  for await (const part of rows) {
    if (row === 0) sheet.push(strToU8(beginSheet(part)))
    sheet.push(strToU8(part.map((cells) => writeRow(cells, (row += 1))).join('')))
    yield zip.take()
  }
  sheet.push(strToU8('</sheetData></worksheet>'), true)
  for (const [path, xml] of Object.entries(describeWorkbook(name))) zip.open(path).push(strToU8(xml), true)
  zip.end()
  yield zip.take()
}

/** A ZIP archive whose bytes are taken as they come about. */
class ZippedFiles {
  private chunks: Uint8Array[] = []
  private readonly zip = new Zip((error, chunk) => {
    if (error !== null) throw error
    this.chunks.push(chunk)
  })

  open(path: string): ZipDeflate {
    const file = new ZipDeflate(path, { level: 3 })
    this.zip.add(file)
    return file
  }

  end(): void {
    this.zip.end()
  }

  /** What has come about since it was last taken. */
  take(): Uint8Array {
    const taken = new Uint8Array(this.chunks.reduce((sum, { length }) => sum + length, 0))
    let place = 0
    for (const chunk of this.chunks) {
      taken.set(chunk, place)
      place += chunk.length
    }
    this.chunks = []
    return taken
  }
}

/** A sheet up to its rows: the headings stay in view, and columns are as wide as what is read first. */
function beginSheet(part: readonly (readonly Cell[])[]): string {
  const widths = (part[0] ?? []).map((_, column) => {
    const longest = Math.max(...part.map((cells) => lengthOf(cells[column] ?? null)))
    return Math.min(Math.max(longest + 2, 8), 40)
  })
  const columns = widths.map(
    (width, index) => `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`,
  )
  return (
    `${DECLARATION}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0">` +
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>' +
    `<cols>${columns.join('')}</cols><sheetData>`
  )
}

function lengthOf(cell: Cell): number {
  if (cell === null) return 0
  if (typeof cell === 'string') return cell.length
  if (typeof cell === 'object' && 'day' in cell) return cell.day.length
  // With room for marks between thousands.
  return Math.ceil(digitsOf(cell).length * 1.3)
}

function writeRow(cells: readonly Cell[], row: number): string {
  const written = cells.map((cell, column) => writeCell(cell, `${columnName(column)}${row}`, row === 1))
  return `<row r="${row}">${written.join('')}</row>`
}

function writeCell(cell: Cell, at: string, isHeading: boolean): string {
  if (cell === null) return ''
  if (typeof cell === 'string') return writeText(cell, at, isHeading ? STYLES.heading : STYLES.text)
  if (typeof cell === 'number') return writeNumber(digitsOf(cell), at, STYLES.general)
  if ('percent' in cell) return writeNumber(digitsOf(cell), at, STYLES.general)
  if ('day' in cell) return writeNumber(String((Date.parse(cell.day) - DAY_ZERO_MS) / DAY_MS), at, STYLES.day)
  const digits = digitsOf(cell)
  if (digits.replace(/^-?0*|\./g, '').length > MOST_DIGITS) return writeText(digits, at, STYLES.text)
  return writeNumber(digits, at, STYLES.amount + minorUnitDecimals(cell.currency))
}

function writeNumber(digits: string, at: string, style: number): string {
  return `<c r="${at}" s="${style}"><v>${digits}</v></c>`
}

function writeText(text: string, at: string, style: number): string {
  return `<c r="${at}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${escapeXml(text)}</t></is></c>`
}

/** What XML 1.0 has no place for is left out; what spreadsheets take for the code of a character is told apart from it. */
function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

/** A to Z, then AA: no list is wider than that. */
function columnName(column: number): string {
  const letter = String.fromCodePoint(65 + (column % 26))
  return column < 26 ? letter : columnName(Math.floor(column / 26) - 1) + letter
}

/** All but the sheet, by path. */
function describeWorkbook(name: string): Record<string, string> {
  const types = 'application/vnd.openxmlformats-officedocument.spreadsheetml'
  const formats = AMOUNT_FORMATS.map((format, index) => `<numFmt numFmtId="${165 + index}" formatCode="${format}"/>`)
  const cellStyle = (format: number, font = 0) =>
    `<xf numFmtId="${format}" fontId="${font}" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>`
  const cellStyles = [cellStyle(0), cellStyle(49, 1), cellStyle(49), cellStyle(164)]
  const amounts = AMOUNT_FORMATS.map((_, index) => cellStyle(165 + index))
  const font = '<sz val="11"/><name val="Calibri"/>'
  const files: Record<string, string> = {
    'xl/workbook.xml':
      `<workbook xmlns="${MAIN}" xmlns:r="${RELATIONSHIPS}">` +
      `<sheets><sheet name="${escapeXml(name)}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/styles.xml':
      `<styleSheet xmlns="${MAIN}"><numFmts count="${formats.length + 1}">` +
      `<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>${formats.join('')}</numFmts>` +
      `<fonts count="2"><font>${font}</font><font><b/>${font}</font></fonts>` +
      '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>' +
      '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>' +
      `<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
      `<cellXfs count="${cellStyles.length + amounts.length}">${cellStyles.join('')}${amounts.join('')}</cellXfs></styleSheet>`,
    'xl/_rels/workbook.xml.rels':
      `<Relationships xmlns="${PACKAGE}/relationships">` +
      `<Relationship Id="rId1" Type="${RELATIONSHIPS}/worksheet" Target="worksheets/sheet1.xml"/>` +
      `<Relationship Id="rId2" Type="${RELATIONSHIPS}/styles" Target="styles.xml"/></Relationships>`,
    '_rels/.rels':
      `<Relationships xmlns="${PACKAGE}/relationships">` +
      `<Relationship Id="rId1" Type="${RELATIONSHIPS}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    '[Content_Types].xml':
      `<Types xmlns="${PACKAGE}/content-types">` +
      '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
      `<Override PartName="/xl/workbook.xml" ContentType="${types}.sheet.main+xml"/>` +
      `<Override PartName="/${SHEET}" ContentType="${types}.worksheet+xml"/>` +
      `<Override PartName="/xl/styles.xml" ContentType="${types}.styles+xml"/></Types>`,
  }
  return Object.fromEntries(Object.entries(files).map(([path, xml]) => [path, DECLARATION + xml]))
}
