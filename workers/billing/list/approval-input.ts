import * as z from '../../../shared/zod.ts'
import { parseOrderNumber } from '../../../shared/contract/links.ts'

/** The most invoices that are approved in one request: each asks the ledger once, and the platform counts such calls. */
export const MOST_AT_ONCE = 25

/** The page that sums up these invoices before they are approved. */
export function approvalsPath(ids: readonly number[]): string {
  return `/approvals?${new URLSearchParams(ids.map((id) => ['id', String(id)])).toString()}`
}

/** What the page that says what became of several approvals is told by its address; all else the invoices say. */
export const DONE_MARKS = ['four_eyes', 'unreadable', 'orphaned', 'unsettled', 'left_out', 'on_copy'] as const
export type DoneMark = (typeof DONE_MARKS)[number]

/** The page that says what became of these approvals. */
export function approvalsDonePath(approvals: readonly { id: number; mark: DoneMark | null }[]): string {
  const marked = approvals.flatMap(({ id, mark }) => (mark === null ? [] : [[mark, String(id)]]))
  return `/approvals/done?${new URLSearchParams([...approvals.map(({ id }) => ['id', String(id)]), ...marked]).toString()}`
}

/** The ids that an address names, each once; what is no id is passed over. */
export function parseIds(texts: readonly string[]): number[] {
  const ids = texts.map(parseOrderNumber).filter((id) => id !== undefined)
  return [...new Set(ids)]
}

/** An invoice that somebody approves, with the ETag that they have seen. */
export type SeenInvoice = { id: number; seen: string }

const SEEN_INVOICE = /^([1-9]\d{0,15}) ("[0-9a-f]{32}")$/

/** What a form's field says of an invoice that was seen. */
export function writeSeenInvoice({ id, seen }: SeenInvoice): string {
  return `${id} ${seen}`
}

/** A form sends one box that is ticked as a text, several as a list. */
const textOrTexts = z.union([
  z.pipe(
    z.string(),
    z.transform((text) => [text]),
  ),
  z.array(z.string()),
])
const approvalForm = z.object({
  approve: z.fallback(textOrTexts, []),
})

/** The invoices that the form approves, as many as go at once; whatever else it holds is passed over. */
export function readApprovalForm(fields: Record<string, unknown>): SeenInvoice[] {
  const seen = approvalForm.parse(fields).approve.flatMap((text): SeenInvoice[] => {
    const [, id = '', tag = ''] = SEEN_INVOICE.exec(text) ?? []
    const number = parseOrderNumber(id)
    return number === undefined ? [] : [{ id: number, seen: tag }]
  })
  return seen.slice(0, MOST_AT_ONCE)
}
