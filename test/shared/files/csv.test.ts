import { array, assert, constantFrom, oneof, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { writeCsvLine } from '../../../shared/files/csv.ts'
import { CSV_DIALECTS, type Cell, dialectOf } from '../../../shared/files/sheet.ts'

const { comma, semicolon } = CSV_DIALECTS

/** What comes out where a line is split at a separator, with regard to quotes and without. */
function splitEachWay(line: string, separator: string): string[] {
  return [...line.split(separator), ...parseLine(line, separator)]
}

/** The cells of a line as a reader of RFC 4180 finds them, by any separator; quotes in the middle of a cell are letters. */
function parseLine(line: string, separator: string): string[] {
  const cells: string[] = []
  let cell = ''
  let quoted = false
  for (let place = 0; place < line.length; place += 1) {
    const sign = line[place] ?? ''
    if (quoted) {
      if (sign !== '"') cell += sign
      else if (line[place + 1] === '"') {
        cell += '"'
        place += 1
      } else quoted = false
    } else if (sign === '"' && cell === '') quoted = true
    else if (sign === separator) {
      cells.push(cell)
      cell = ''
    } else cell += sign
  }
  return [...cells, cell]
}

const FIGURE = /^-[0-9]+(?:[.,][0-9]+)?$/

/** Whether a spreadsheet might take the cell for a formula. A figure is none, and neither is what its split leaves. */
function isFormula(cell: string): boolean {
  return /^[\s"]*[=+\-@＝＋－＠]/.test(cell) && !FIGURE.test(cell.trim())
}

const hostile = oneof(
  string({ unit: 'binary', maxLength: 8 }),
  array(
    constantFrom(
      '=',
      '+',
      '-',
      '@',
      '＝',
      '＋',
      '－',
      '＠',
      ',',
      ';',
      '\t',
      '|',
      '\r',
      '\n',
      ' ',
      '"',
      `'`,
      '\u00a0',
      'a',
      '1',
      'cmd',
    ),
    { maxLength: 12 },
  ).map((signs) => signs.join('')),
)
const anyCell = oneof(
  hostile,
  constantFrom<Cell>(null, 7, { amount: -4_950, currency: 'EUR' }, { percent: 7.5 }, { day: '2026-11-27' }),
)

describe('a line of CSV', () => {
  it('quotes what would end a cell, and ends with CR LF', () => {
    expect(writeCsvLine([1, null, 'a, b', 'say "yes"', ''], comma)).toBe('1,,"a, b","say ""yes""",\r\n')
    expect(writeCsvLine(['a; b', 'a, b'], semicolon)).toBe('"a; b";"a, b"\r\n')
  })

  it('is one line, whatever breaks a text has', () => {
    expect(writeCsvLine(['two\r\nlines', 'a\ttab', 'next\u2028one'], comma)).toBe('two lines,a tab,next one\r\n')
  })

  it('writes figures with the decimals of their currency, and days as they are', () => {
    const row: Cell[] = [
      { amount: 10_000, currency: 'EUR' },
      { amount: -4_950, currency: 'EUR' },
      { amount: 1_500, currency: 'JPY' },
      { amount: 1_500, currency: 'KWD' },
      { amount: 12_345_678_901_234_567_890n, currency: 'USD' },
      { percent: 7.5 },
      { day: '2026-11-27' },
    ]
    expect(writeCsvLine(row, comma)).toBe('100.00,-49.50,1500,1.500,123456789012345678.90,7.5,2026-11-27\r\n')
    expect(writeCsvLine(row, semicolon)).toBe('100,00;-49,50;1500;1,500;123456789012345678,90;7,5;2026-11-27\r\n')
  })

  it.each([
    ['=1+1', `'=1+1`],
    ['+1', `'+1`],
    ['-1', `'-1`],
    ['@SUM(A1)', `'@SUM(A1)`],
    ['\t=1', ` '=1`],
    ['  =1', `  '=1`],
    ['\r=1', ` '=1`],
    ['＝1', `'＝1`],
    ['＠x', `'＠x`],
    [`Foo;=cmd|' /C calc'!A0;x`, `"Foo;'=cmd|' /C calc'!A0;x"`],
    ['a,=1', `"a,'=1"`],
    ['a\t=1', `a =1`],
    ['a|@b', `"a|'@b"`],
    ['a; "=1"', `"a; ""'=1"""`],
    ['Anders, -holm', `"Anders, '-holm"`],
    ['a-b=c', 'a-b=c'],
  ])('makes %j harmless', (text, written) => {
    expect(writeCsvLine([text], comma)).toBe(`${written}\r\n`)
  })

  it('has no cell that begins with a formula, however it is taken apart', () => {
    assert(
      property(array(anyCell, { minLength: 1, maxLength: 5 }), constantFrom(comma, semicolon), (row, dialect) => {
        // A list's first column is no amount.
        const line = writeCsvLine(['Invoice', ...row], dialect).slice(0, -2)
        expect(line).not.toMatch(/[\r\n]/)
        const separators = [',', ';', '\t', '|', '\r', '\n']
        const formulas = separators.flatMap((separator) => splitEachWay(line, separator).filter(isFormula))
        expect({ line, formulas }).toEqual({ line, formulas: [] })
      }),
      { numRuns: 5_000 },
    )
  })

  it('is read back by a spreadsheet of its own dialect', () => {
    const text = string({ unit: 'grapheme-ascii', maxLength: 10 })
    assert(
      property(array(text, { minLength: 1, maxLength: 4 }), constantFrom(comma, semicolon), (row, dialect) => {
        const cells = parseLine(writeCsvLine(row, dialect).slice(0, -2), dialect.separator)
        expect(cells.map((cell) => cell.replaceAll(`'`, ''))).toEqual(row.map((cell) => cell.replaceAll(`'`, '')))
      }),
    )
  })
})

it.each([
  ['de-DE', { separator: ';', decimalMark: ',' }],
  ['de-AT', { separator: ';', decimalMark: ',' }],
  ['fr', { separator: ';', decimalMark: ',' }],
  ['nl-NL', { separator: ';', decimalMark: ',' }],
  ['en-GB', { separator: ',', decimalMark: '.' }],
  ['en-US', { separator: ',', decimalMark: '.' }],
  ['ja-JP', { separator: ',', decimalMark: '.' }],
  ['de-CH', { separator: ';', decimalMark: '.' }],
  ['ar-EG', { separator: ',', decimalMark: '.' }],
] as const)('a spreadsheet in %s gets its own dialect', (locale, dialect) => {
  expect(dialectOf(locale)).toEqual(dialect)
})
