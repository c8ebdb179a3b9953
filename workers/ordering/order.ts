import type { ImportedOrder, Order, OrderInput } from '../../shared/contract.ts'

/** There is no such order, or it was deleted. */
export type OrderRefusal = { reason: 'unknown' } | { reason: 'deleted' }
/** Somebody changed the order since it was read; `current` is what it is now. */
export type StaleRefusal = { reason: 'stale'; current: Order }
/** The external id belongs to another order, which may be a deleted one. */
export type ExternalIdTaken = { reason: 'external_id_taken'; externalId: string; orderNumber: number }

/** What an order says, without what the app adds to it: two orders with the same content are the same to a reader. */
export type OrderContent = Required<Omit<OrderInput, 'externalId' | 'placedAt'>> & {
  externalId: string | null
  placedAt: string
}

/** The content that an input asks for. What identifies the order stays when it is left out: its external id and its day. */
export function contentOf(input: OrderInput, before: { externalId: string | null; placedAt: string }): OrderContent {
  const { street, city, postalCode, country } = input.customer.address
  const { id, name, contact, email, vatId } = input.customer
  // Written out so that the members stand in one order, whoever sent them: contents are compared as text.
  return {
    externalId: input.externalId === undefined ? before.externalId : input.externalId,
    placedAt: input.placedAt ?? before.placedAt,
    currency: input.currency,
    customer: { id, name, contact, email, vatId, address: { street, city, postalCode, country } },
    lines: input.lines.map(({ sku, description, quantity, unitPrice, discountPercent, taxPercent }) => ({
      sku,
      description,
      quantity,
      unitPrice,
      discountPercent,
      taxPercent,
    })),
    charges: input.charges.map(({ description, amount, taxPercent }) => ({ description, amount, taxPercent })),
    note: input.note,
  }
}

/** Whether two contents are the same to the last character. */
export function sameContent(one: OrderContent, other: OrderContent): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** How a name or an id is searched: compatibility forms and case folded away (SQL's lower() knows ASCII only). */
export function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}

/** An order that an import found under its external id. */
export type ImportedBefore = {
  order: Order
  /** Digest of the line that was imported last; null if the order was entered here. */
  importedLine: string | null
  /** Digest of the content that the import gave it. */
  importedContent: string | null
}

/** What an import does with a line. */
export type ImportVerdict = 'create' | 'change' | 'confirm' | 'unchanged' | 'changed_here'

/**
 * Judges a line of an import against the order with its external id (contract, section 3): the same line again is
 * unchanged, whatever was amended here since; a new one must not overwrite what people did here; `state` only confirms.
 * @param lineDigest of the line, its state included
 * @param contentDigest of the order's content as it is now
 */
export function judgeImport(
  line: ImportedOrder,
  lineDigest: string,
  before: ImportedBefore | undefined,
  contentDigest: string,
): ImportVerdict {
  if (before === undefined) return 'create'
  if (before.importedLine === lineDigest) return 'unchanged'
  if (before.order.state === 'Deleted') return 'changed_here'
  if (before.importedContent !== contentDigest) return 'changed_here'
  const asked = contentOf(line, before.order)
  if (!sameContent(asked, contentOf(inputOf(before.order), before.order))) return 'change'
  return line.state === 'Confirmed' && before.order.state === 'Draft' ? 'confirm' : 'unchanged'
}

/** What a client would have sent to get this order. */
export function inputOf(order: Order): OrderInput {
  const { externalId, placedAt, currency, customer, lines, charges, note } = order
  return { externalId, placedAt, currency, customer, lines, charges, note }
}
