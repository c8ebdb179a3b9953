import type { Order } from '../../../shared/contract/order.ts'
import type { BillingNotice } from '../../../shared/contract/notices.ts'
import { digestContent } from '../../../shared/contract/order-content.ts'
import { ERASED_CUSTOMER } from '../../../shared/contract/personal-data.ts'

/** That billing has approved an invoice for the order: it stays as it is, whatever becomes of the order. */
export type Approval = Extract<BillingNotice['notice'], { kind: 'approved' }>

/** The last approval if the order says something else now than what was approved; an erased customer is no change. */
export async function findOutdatedApproval(
  order: Order,
  notices: readonly BillingNotice['notice'][],
): Promise<Approval | undefined> {
  const approval = findApproval(notices)
  if (approval === undefined || order.revision <= approval.orderRevision) return undefined
  if (order.customer.id === ERASED_CUSTOMER.id) return undefined
  return approval.contentDigest === (await digestContent(order)) ? undefined : approval
}

/** The last approval among billing's notices of an order. */
export function findApproval(notices: readonly BillingNotice['notice'][]): Approval | undefined {
  return notices
    .filter((notice) => notice.kind === 'approved')
    .sort((one, other) => one.at.localeCompare(other.at))
    .at(-1)
}
