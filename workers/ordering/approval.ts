import type { BillingNotice } from '../../shared/notice-contract.ts'

/** That billing has approved an invoice for the order: it stays as it is, whatever becomes of the order. */
export type Approval = Extract<BillingNotice['notice'], { kind: 'approved' }>

/** The last approval among what billing has told of an order. */
export function findApproval(notices: readonly BillingNotice['notice'][]): Approval | undefined {
  return notices
    .filter((notice) => notice.kind === 'approved')
    .sort((one, other) => one.at.localeCompare(other.at))
    .at(-1)
}
