import type { Order, OrderInput } from '../../shared/contract.ts'

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

/** What a client would have sent to get this order. */
export function inputOf(order: Order): OrderInput {
  const { externalId, placedAt, currency, customer, lines, charges, note } = order
  return { externalId, placedAt, currency, customer, lines, charges, note }
}
