import { strFromU8, unzipSync } from 'fflate'
import { expect, it } from 'vitest'
import type { Cell } from '../../../shared/files/sheet.ts'
import { writeXlsx } from '../../../shared/files/xlsx.ts'

async function* inParts(...parts: Cell[][][]): AsyncGenerator<Cell[][], void> {
  for (const part of parts) yield await Promise.resolve(part)
}

async function read(...parts: Cell[][][]): Promise<Record<string, string>> {
  const chunks: Uint8Array[] = []
  for await (const chunk of writeXlsx(inParts(...parts), 'Invoices <2026>')) chunks.push(chunk)
  const bytes = new Uint8Array(await new Blob(chunks).arrayBuffer())
  return Object.fromEntries(Object.entries(unzipSync(bytes)).map(([path, xml]) => [path, strFromU8(xml)]))
}

/** The cells of the sheet: where each is, its style and its type, and what it holds. */
async function readCells(...parts: Cell[][][]): Promise<Record<string, string>> {
  const { 'xl/worksheets/sheet1.xml': xml = '' } = await read(...parts)
  const cells = xml.matchAll(
    /<c r="([A-Z]+\d+)" s="(\d)"(?: t="(inlineStr)")?>(?:<v>|<is><t xml:space="preserve">)(.*?)</g,
  )
  return Object.fromEntries([...cells].map(([, at = '', style, type = 'n', held]) => [at, `${type} ${style} ${held}`]))
}

it('a workbook has what a spreadsheet asks for, and its sheet the name', async () => {
  const files = await read([['Number']])
  expect(Object.keys(files).sort()).toEqual([
    '[Content_Types].xml',
    '_rels/.rels',
    'xl/_rels/workbook.xml.rels',
    'xl/styles.xml',
    'xl/workbook.xml',
    'xl/worksheets/sheet1.xml',
  ])
  expect(files['xl/workbook.xml']).toContain('<sheet name="Invoices &lt;2026&gt;" sheetId="1" r:id="rId1"/>')
})

it('a text is a text, whatever it looks like; an amount has the decimals of its currency; a day is a day', async () => {
  const cells = await readCells(
    [['Name', 'Amount']],
    [
      [`=cmd|' /C calc'!A0`, { amount: -4_950, currency: 'EUR' }, { amount: 1_500, currency: 'JPY' }],
      ['00123', { amount: 1_500, currency: 'KWD' }, { day: '2026-11-27' }, { percent: 7.5 }, 12, null],
    ],
    [['a & <b> _x000D_ \u0001\uD800', { amount: 12_345_678_901_234_567_890n, currency: 'USD' }]],
  )
  expect(cells).toEqual({
    A1: 'inlineStr 1 Name',
    B1: 'inlineStr 1 Amount',
    A2: `inlineStr 2 =cmd|' /C calc'!A0`,
    B2: 'n 6 -49.50',
    C2: 'n 4 1500',
    A3: 'inlineStr 2 00123',
    B3: 'n 7 1.500',
    C3: 'n 3 46353',
    D3: 'n 0 7.5',
    E3: 'n 0 12',
    A4: 'inlineStr 2 a &amp; &lt;b&gt; _x005F_x000D_ \uFFFD',
    B4: 'inlineStr 2 123456789012345678.90',
  })
})
