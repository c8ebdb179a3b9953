import type { Order } from '../../../shared/contract/order.ts'
import type { OrderInput } from '../../../shared/contract/order-input.ts'
import type { Role } from '../../../shared/access/roles.ts'

/** There is no such order, or it was deleted. */
export type OrderRefusal = { reason: 'unknown' } | { reason: 'deleted' }
/** There is no such order, or it is more than a draft that this person entered, and they may delete no other. */
export type DeletionRefusal = { reason: 'unknown' } | { reason: 'not_own_draft' }
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
  const { street, additional, city, postalCode, region, country } = input.customer.address
  const { id, name, contact, email, vatId } = input.customer
  // Written out so that the members stand in one order, whoever sent them: contents are compared as text.
  return {
    externalId: input.externalId === undefined ? before.externalId : input.externalId,
    placedAt: input.placedAt ?? before.placedAt,
    currency: input.currency,
    customer: { id, name, contact, email, vatId, address: { street, additional, city, postalCode, region, country } },
    lines: input.lines.map(({ sku, description, quantity, unitPrice, discountPercent, taxPercent }) => ({
      sku,
      description,
      quantity,
      unitPrice,
      discountPercent,
      taxPercent,
    })),
    charges: input.charges.map(({ description, amount, taxPercent }) => ({ description, amount, taxPercent })),
    suppliedOn: input.suppliedOn,
    taxExemptionReason: input.taxExemptionReason,
    note: input.note,
  }
}

/** Whether two contents are the same to the last character. */
export function sameContent(one: OrderContent, other: OrderContent): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** What a client would have sent to get this order. */
export function inputOf(order: Order): OrderInput {
  const { externalId, placedAt, currency, customer, lines, charges, suppliedOn, taxExemptionReason, note } = order
  return { externalId, placedAt, currency, customer, lines, charges, suppliedOn, taxExemptionReason, note }
}

/** Whether somebody with these roles may delete only drafts that they entered themselves: a manager may delete any. */
export function deletesOwnDraftsOnly(roles: readonly Role[]): boolean {
  return !roles.includes('manager')
}

/** Whether somebody may delete the order, as `deleteOrder` judges. `enteredBy` is null where nobody entered it. */
export function mayDelete(
  order: Order,
  enteredBy: string | null,
  { email, roles }: { email: string; roles: readonly Role[] },
): boolean {
  if (!deletesOwnDraftsOnly(roles)) return true
  return roles.includes('clerk') && order.state === 'Draft' && enteredBy === email
}
