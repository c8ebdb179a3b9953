import type { Invoice } from '../../workers/billing/documents/invoice.ts'
import type { Answer, RunningWorker } from '../../shared/simulator/running-worker.ts'

/** An invoice as the API shows it, with its ETag. */
export async function readInvoice(billing: RunningWorker, id: number): Promise<{ invoice: Invoice; etag: string }> {
  const response = await billing.fetch(`/api/invoices/${id}`)
  if (response.status !== 200) throw new Error(`Cannot read invoice ${id}: ${response.status}`)
  return { invoice: (await response.json()) as Invoice, etag: response.headers.get('ETag') ?? '' }
}

/** The only invoice of an order. */
export async function findInvoiceOf(
  billing: RunningWorker,
  order: number,
): Promise<{ invoice: Invoice; etag: string }> {
  const response = await billing.fetch(`/api/invoices?order=${order}`)
  const { invoices } = (await response.json()) as { invoices: Invoice[] }
  const [invoice] = invoices
  if (invoice === undefined || invoices.length > 1) throw new Error(`Order ${order} has ${invoices.length} invoices`)
  return readInvoice(billing, invoice.id)
}

/** Approves by the API, on what is seen now. */
export async function approve(billing: RunningWorker, id: number): Promise<Answer> {
  const { etag } = await readInvoice(billing, id)
  return billing.send('POST', `/api/invoices/${id}/approve`, undefined, { 'If-Match': etag })
}

/** Rejects by the API, on what is seen now. */
export async function reject(billing: RunningWorker, id: number, reason: string): Promise<Answer> {
  const { etag } = await readInvoice(billing, id)
  return billing.send('POST', `/api/invoices/${id}/reject`, { reason }, { 'If-Match': etag })
}

/** The status and the kind of a problem, as a test compares them: `409 /problems/already-decided`. */
export async function problemOf(response: Answer): Promise<string> {
  const { type } = (await response.json()) as { type: string }
  return `${response.status} ${type}`
}

/** What the page's form keeps of an invoice, to be sent with a decision. */
export async function readForm(billing: RunningWorker, path: string): Promise<Record<string, string>> {
  const html = await (await billing.fetch(path)).text()
  const fields = [...html.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)]
  return Object.fromEntries(fields.map(([, name = '', value = '']) => [name, value.replaceAll('&quot;', '"')]))
}

/** The page's one heading of the first level. */
export function headingOf(html: string): string {
  const headings = [...html.matchAll(/<h1[^>]*>(.*?)<\/h1>/gs)]
  const [heading] = headings
  if (heading === undefined || headings.length > 1) throw new Error(`The page has ${headings.length} h1`)
  return heading[1] ?? ''
}
