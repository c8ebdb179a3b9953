import { describeChange, describeCreation, newSalt } from '../../shared/audit.ts'
import type { OrderState } from '../../shared/contract.ts'
import type { AuditNote } from './audit-store.ts'
import type { OrderContent } from './order.ts'

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
