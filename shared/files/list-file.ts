import { writeCsv } from './csv.ts'
import { DEFAULT_READER, readerOf } from '../edge/reader.ts'
import { askedDialect, type Rows } from './sheet.ts'

/** A list as a file: its name without the ending, the sheet's name in a workbook, and its rows. */
export type ListFile = { name: string; sheet: string; rows: Rows }

/**
 * Sends the list as CSV, split and with figures as the address's `csv` asks (`comma` or `semicolon`), and otherwise as
 * spreadsheets do it where the reader's language is spoken.
 */
export async function sendCsv(request: Request, { name, rows }: ListFile): Promise<Response> {
  const { locale } = readerOf(request.headers.get('Accept-Language') ?? undefined, DEFAULT_READER.timeZone)
  const dialect = askedDialect(new URL(request.url).searchParams.get('csv'), locale)
  const headers = headersOf(`${name}.csv`, 'text/csv; charset=utf-8')
  return new Response(await streamParts(writeCsv(rows, dialect)), { headers: { ...headers, Vary: 'Accept-Language' } })
}

/** Sends the list as a workbook: the reader's own spreadsheet writes figures and days in the reader's way. */
export async function sendXlsx(_request: Request, { name, sheet, rows }: ListFile): Promise<Response> {
  // Loaded when asked for: fflate fills its tables as it loads, at a cost that each start would pay.
  const { writeXlsx, XLSX_TYPE } = await import('./xlsx.ts')
  return new Response(await streamParts(writeXlsx(rows, sheet)), { headers: headersOf(`${name}.xlsx`, XLSX_TYPE) })
}

function headersOf(name: string, type: string): Record<string, string> {
  return { 'Content-Type': type, 'Content-Disposition': `attachment; filename="${name}"` }
}

/**
 * The parts as a body, each made when the one before it was sent. Throws what the first one throws, before anything is
 * answered; what fails later breaks the transfer off, so that half a file does not look whole.
 */
async function streamParts(parts: AsyncGenerator<string | Uint8Array, void>): Promise<ReadableStream<Uint8Array>> {
  const encoder = new TextEncoder()
  let made = await parts.next()
  return new ReadableStream({
    async pull(controller) {
      if (made.done === true) {
        controller.close()
        return
      }
      controller.enqueue(typeof made.value === 'string' ? encoder.encode(made.value) : made.value)
      made = await parts.next()
    },
    async cancel() {
      await parts.return()
    },
  })
}
