import * as z from '../../../shared/zod.ts'
import { isCurrency } from '../../../shared/money/currency.ts'
import type { InvoiceContent } from '../../../shared/contract/order-content.ts'
import { shownContent } from '../documents/invoice-content.ts'

/** What a person saw of the invoice when they decided: enough to tell them what changed since. */
const shownInvoice = z.lazy(() =>
  z.object({
    seenRevision: z.coerce.number().check(z.int(), z.minimum(1)),
    seenGross: z.coerce.number().check(z.int(), z.minimum(0)),
    seenCurrency: z.string().check(z.refine(isCurrency)),
    seenContent: shownContent,
  }),
)

/** What the page of an invoice sends with a decision. Without a tag nothing was seen, and nothing is decided. */
const decisionForm = z.lazy(() => z.object({ seen: z.fallback(z.string(), ''), reason: z.fallback(z.string(), '') }))

/** `content` is what the invoice said, as the form had it; undefined where the form did not carry it. */
export type ShownInvoice = { revision: number; gross: number; currency: string; content: InvoiceContent | undefined }
/** A decision as its form sends it; `shown` is undefined where the form did not say. */
export type DecisionForm = { seen: string; reason: string; shown: ShownInvoice | undefined }

/** Reads a decision's form, whatever it holds. */
export function readDecisionForm(fields: Record<string, unknown>): DecisionForm {
  const shown = shownInvoice.safeParse(fields).data
  return {
    ...decisionForm.parse(fields),
    shown: shown && {
      revision: shown.seenRevision,
      gross: shown.seenGross,
      currency: shown.seenCurrency,
      content: shown.seenContent,
    },
  }
}
