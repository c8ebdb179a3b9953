import * as z from 'zod'
import type { PublishedOrder } from '../../shared/contract.ts'
import { type FieldChange, listChanges } from './repair.ts'

/** What an invoice takes from its order: whatever else differs changes nothing that is paid. */
export type InvoiceContent = Pick<PublishedOrder, 'currency' | 'customer' | 'lines' | 'charges' | 'note'>

/** A form's field holds no more: a larger content is told of by its revision and amount alone. */
const MOST_CHARACTERS = 20_000

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    context.addIssue({ code: 'custom', message: 'Not JSON' })
    return z.NEVER
  }
})

function contentOf({ currency, customer, lines, charges, note }: InvoiceContent): InvoiceContent {
  return { currency, customer, lines, charges, note }
}

/** The content as the form of a decision carries it, to tell afterwards what changed; null where it is too large. */
export function writeContent(content: InvoiceContent): string | null {
  const text = JSON.stringify(contentOf(content))
  return text.length > MOST_CHARACTERS ? null : text
}

/** What such a field holds: anything, since a sender may write what they like, or undefined if it is no JSON. */
export const shownContent = json.optional().catch(undefined)

/** The fields that differ between what was shown and what is there now. */
export function compareContent(shown: unknown, current: InvoiceContent): FieldChange[] {
  return listChanges(shown, contentOf(current))
}

/** The fields in which an order differs from the invoice that was approved of it. */
export function compareWithOrder(invoice: InvoiceContent, order: InvoiceContent): FieldChange[] {
  return listChanges(contentOf(invoice), contentOf(order))
}
