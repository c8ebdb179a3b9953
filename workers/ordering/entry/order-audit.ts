import { describeChange, describeCreation, newSalt } from '../../../shared/records/audit.ts'
import type { OrderState } from '../../../shared/contract/order.ts'
import { orderPath } from '../../../shared/contract/links.ts'
import type { AuditNote } from '../records/audit-store.ts'
import type { OrderContent } from '../orders/order.ts'

/** What is kept of an order that is made. */
export async function noteCreation(
  act: 'placed' | 'imported',
  content: OrderContent,
  state: OrderState,
  requestId: string,
): Promise<AuditNote> {
  const salt = newSalt()
  const { before, after } = await describeCreation(content, salt)
  return { act, requestId, salt, before, after: { '/state': state, ...after } }
}

/** What is kept of an order whose content changes; `confirms` if its state does as well. */
export async function noteChange(
  act: 'amended' | 'imported',
  change: { before: OrderContent; after: OrderContent; confirms: boolean },
  requestId: string,
): Promise<AuditNote> {
  const salt = newSalt()
  const { before, after } = await describeChange(change.before, change.after, salt)
  if (!change.confirms) return { act, requestId, salt, before, after }
  return { act, requestId, salt, before: { '/state': 'Draft', ...before }, after: { '/state': 'Confirmed', ...after } }
}

/** Where an order's history is shown on its page; `before` is the number of the entry before which it ends. */
export function historyPath(order: number, before?: number): string {
  return `${orderPath(order)}${before === undefined ? '' : `?before=${before}`}#history`
}

/** The entry before which the history of an address ends; what is no number of an entry is passed over. */
export function parseTrailBefore(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,12}$/.test(text) ? Number(text) : undefined
}
