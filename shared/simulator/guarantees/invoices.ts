import type { Invoice } from '../../../workers/billing/documents/invoice.ts'
import type { Sync } from './findings.ts'
import type { World } from '../world.ts'

/** An invoice with the copy of its order. */
type InvoiceRow = {
  id: number
  number: number
  state: string
  fingerprint: number | null
  decidedFingerprint: number | null
  deleted: 0 | 1
  orphaned: 0 | 1
  /** Whether the copy is older than what was decided on, and its order in quarantine: what is newer cannot arrive. */
  behind: 0 | 1
}

/** Guarantee 5: one order, one invoice beside those reissued; each follows its order until it is approved. */
export async function checkInvoices({ billing }: World, broken: string[]): Promise<void> {
  const miscounted = await billing.sql<{ number: number; invoices: number }>(`
    SELECT o.number, (SELECT count(*) FROM invoices WHERE order_number = o.number AND replaces = 0) AS invoices
    FROM orders o WHERE invoices > 1 OR (o.deleted = 0 AND invoices = 0)`)
  for (const { number, invoices } of miscounted) broken.push(`order ${number} has ${invoices} invoices`)
  const rows = await billing.sql<InvoiceRow>(`
    SELECT i.id, o.number, i.state, o.fingerprint, i.order_fingerprint AS decidedFingerprint, o.deleted,
      o.orphaned, o.revision < i.order_revision AND EXISTS (SELECT 1 FROM quarantine q
        WHERE q.number = o.number AND q.closed_at IS NULL) AS behind
    FROM invoices i JOIN orders o ON o.number = i.order_number WHERE i.state <> 'Approved'`)
  for (const { id, state, fingerprint, decidedFingerprint, deleted, orphaned, behind } of rows) {
    const right = deleted === 1 ? ['Cancelled'] : ['ToApprove', 'Rejected']
    if (!right.includes(state)) {
      broken.push(`invoice ${id} is ${state}, its order ${deleted === 1 ? '' : 'not '}deleted`)
    }
    // The ledger may bring back the rejection of a content that the copy has lost: with its history, or until it can be read.
    if (state === 'Rejected' && orphaned === 0 && behind === 0 && decidedFingerprint !== fingerprint) {
      broken.push(`invoice ${id} is Rejected although its order was corrected`)
    }
  }
}

/** Guarantee 5 and 7: what was seen approved is as it was; numbers have no gaps and none is given twice. */
export async function checkApprovals({ billing, memory }: World, broken: string[]): Promise<void> {
  for (const id of memory.approvals.keys()) {
    const answer = await billing.fetch(`/api/invoices/${id}`)
    const invoice = answer.status === 200 ? ((await answer.json()) as Invoice) : undefined
    if (invoice?.state !== 'Approved') broken.push(`invoice ${id} was seen approved, and is ${invoice?.state}`)
    else memory.seeInvoice(invoice)
  }
  const rows = await billing.sql<{ issued: string }>(
    `SELECT invoice_number AS issued FROM invoices WHERE state = 'Approved'`,
  )
  checkSeries(rows, 'invoice', broken)
  const [ahead] = await billing.sql<{ approved: number; decided: number }>(
    `SELECT (SELECT count(*) FROM invoices WHERE state = 'Approved') AS approved,
      (SELECT count(*) FROM decisions WHERE kind = 'approved') AS decided`,
  )
  if (ahead?.approved !== ahead?.decided) {
    broken.push(`${ahead?.approved} invoices are approved by ${ahead?.decided} decisions`)
  }
}

/** Numbers `<series>-<six digits>` begin at 1 in each series and have no gaps. */
export function checkSeries(rows: { issued: string }[], what: string, broken: string[]): void {
  const series = Map.groupBy(rows.map(({ issued }) => issued).sort(), (issued) => issued.split('-')[0])
  for (const [name, given] of series) {
    const expected = given.map((_, index) => `${name}-${String(index + 1).padStart(6, '0')}`)
    if (given.join() !== expected.join()) broken.push(`the ${what} numbers have gaps: ${given.join(', ')}`)
  }
}

/** Guarantee 7 and section 5: orphans and orders in quarantine are not to be approved. */
export async function checkNotApprovable({ billing }: World, sync: Sync, broken: string[]): Promise<void> {
  const numbers = [...sync.orphaned, ...sync.quarantined.flatMap(({ number }) => number ?? [])]
  for (const number of numbers) {
    const read = await billing.fetch(`/api/invoices/${number}`)
    await read.arrayBuffer()
    if (read.status !== 200) continue
    const headers = { 'If-Match': read.headers.get('ETag') ?? '' }
    const answer = await billing.send('POST', `/api/invoices/${number}/approve`, undefined, headers)
    if (answer.status !== 409) {
      broken.push(`approving invoice ${number}, orphaned or in quarantine, answers ${answer.status}`)
    }
  }
}
