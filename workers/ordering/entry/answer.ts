import type { Order } from '../../../shared/contract/order.ts'
import { problemResponse } from '../../../shared/edge/problem.ts'
import type { DeletionRefusal, ExternalIdTaken, OrderRefusal, StaleRefusal } from '../orders/order.ts'
import type { KeyReused } from './order-entry.ts'
import { type CustomerErased, describeErased } from '../records/erased-customer-store.ts'

/** The entity tag of an order: its revision (contract, section 3). */
export function orderETag({ revision }: Order): string {
  return `"${revision}"`
}

/** The order with its entity tag. */
export function answerOrder(order: Order, status = 200, headers: Record<string, string> = {}): Response {
  return Response.json(order, { status, headers: { ETag: orderETag(order), ...headers } })
}

/** Why an order was not shown, made, amended, confirmed or deleted. */
export function answerRefusal(
  number: number,
  refusal: OrderRefusal | StaleRefusal | ExternalIdTaken | DeletionRefusal | CustomerErased,
): Response {
  switch (refusal.reason) {
    case 'unknown':
      return problemResponse('not-found', `There is no order ${number}`)
    case 'deleted':
      return problemResponse('deleted', `Order ${number} was deleted`)
    case 'stale': {
      const { current } = refusal
      const detail = `Order ${number} is at revision ${current.revision}, which is not the one in If-Match`
      return problemResponse('stale', detail, {}, { ETag: orderETag(current) })
    }
    case 'external_id_taken':
    case 'customer_erased':
      return answerPlacingRefusal(refusal)
    case 'not_own_draft':
      return problemResponse('not-own-draft', `Order ${number} is not a draft that you entered`)
  }
}

/** Why an order was not made. */
export function answerPlacingRefusal(refusal: ExternalIdTaken | KeyReused | CustomerErased): Response {
  switch (refusal.reason) {
    case 'external_id_taken': {
      const detail = `The external id ${refusal.externalId} belongs to order ${refusal.orderNumber}`
      return problemResponse('external-id-taken', detail, { orderNumber: refusal.orderNumber })
    }
    case 'customer_erased':
      return problemResponse('customer-erased', describeErased(refusal))
    case 'key_reused':
      return problemResponse('idempotency-key-reused', 'The key came with another body less than 24 hours ago')
  }
}
