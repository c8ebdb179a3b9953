import type { PublishedOrder } from './order.ts'
import { sha256 } from '../text/digest.ts'

/** What an invoice takes from its order: whatever else differs changes nothing that is paid. */
export type InvoiceContent = Pick<
  PublishedOrder,
  'currency' | 'customer' | 'lines' | 'charges' | 'suppliedOn' | 'taxExemptionReason' | 'note'
>

/** The content alone, in the order in which a document says it. */
export function contentOf(content: InvoiceContent): InvoiceContent {
  const { currency, customer, lines, charges, suppliedOn, taxExemptionReason, note } = content
  return { currency, customer, lines, charges, suppliedOn, taxExemptionReason, note }
}

/**
 * The same for two contents just where they say the same: by it ordering knows what billing approved without keeping it.
 * The sequence of members makes no difference, and nor does one that is null where it is not there otherwise.
 */
export function digestContent(content: InvoiceContent): Promise<string> {
  return sha256(
    JSON.stringify(contentOf(content), (_, value: unknown) => (isObject(value) ? sortMembers(value) : value)),
  )
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function sortMembers(value: object): object {
  const members = Object.entries(value).filter(([, member]) => member !== null)
  return Object.fromEntries(members.sort(([one], [other]) => (one < other ? -1 : 1)))
}
