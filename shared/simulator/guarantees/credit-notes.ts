import type { CreditNote, CreditNoteDocument } from '../../../workers/billing/documents/credit-note.ts'
import type { Invoice } from '../../../workers/billing/documents/invoice.ts'
import { checkSeries } from './invoices.ts'
import type { World } from '../world.ts'

type CreditNoteRow = { invoiceId: number; issued: string; document: string; replacementId: number | null }

/**
 * Guarantee 5 and 7, of credit notes: those that were seen are as they were; numbers have no gaps and none is given twice;
 * no line is credited twice, all lines together are the invoice to the cent, and what was reissued is there.
 */
export async function checkCreditNotes(world: World, broken: string[]): Promise<void> {
  const { billing, memory } = world
  for (const id of memory.creditNotes.keys()) {
    const answer = await billing.fetch(`/api/credit-notes/${id}`)
    if (answer.status === 200) memory.seeCreditNote((await answer.json()) as CreditNote)
    else broken.push(`credit note ${id} was seen, and its address answers ${answer.status}`)
  }
  const rows = await billing.sql<CreditNoteRow>(
    `SELECT invoice_id AS invoiceId, credit_note_number AS issued, document, replacement_id AS replacementId
    FROM credit_notes`,
  )
  checkSeries(rows, 'credit note', broken)
  const [count] = await billing.sql<{ decided: number }>(
    `SELECT count(*) AS decided FROM decisions WHERE kind = 'credited' AND issued_number IS NOT NULL`,
  )
  if (count?.decided !== rows.length) {
    broken.push(`${rows.length} credit notes were issued by ${count?.decided} decisions`)
  }
  for (const [invoiceId, notes] of Map.groupBy(rows, (row) => row.invoiceId)) {
    await checkInvoiceCredited(world, invoiceId, notes, broken)
  }
}

async function checkInvoiceCredited(
  { billing }: World,
  invoiceId: number,
  notes: CreditNoteRow[],
  broken: string[],
): Promise<void> {
  const invoice = (await (await billing.fetch(`/api/invoices/${invoiceId}`)).json()) as Invoice
  const documents = notes.map(({ document }) => JSON.parse(document) as CreditNoteDocument)
  const lines = documents.flatMap(({ linePositions }) => linePositions)
  const charges = documents.flatMap(({ chargePositions }) => chargePositions)
  if (new Set(lines).size < lines.length || new Set(charges).size < charges.length) {
    broken.push(`invoice ${invoiceId} was credited twice: lines ${lines.join()}, charges ${charges.join()}`)
  }
  const gross = documents.reduce((sum, document) => sum + document.gross, 0)
  const isWhole = lines.length === invoice.lines.length && charges.length === invoice.charges.length
  if (isWhole ? gross !== invoice.gross : gross > invoice.gross) {
    broken.push(`of invoice ${invoiceId}, ${gross} of ${invoice.gross} are credited`)
  }
  const replacements = notes.flatMap(({ replacementId }) => replacementId ?? [])
  if (replacements.length > 1 || replacements.some((id) => id !== invoice.replacedBy)) {
    broken.push(`invoice ${invoiceId} was reissued as ${replacements.join()}, and names ${invoice.replacedBy}`)
  }
}
