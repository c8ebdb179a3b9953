import type { Order } from '../../../shared/contract/order.ts'
import type { ImportedOrder } from '../../../shared/contract/order-input.ts'
import { contentOf, inputOf, type OrderContent, sameContent } from '../orders/order.ts'

/** An order that an import found under its external id. */
export type ImportedBefore = {
  order: Order
  /** Digest of the line that was imported last; null if the order was entered here. */
  importedLine: string | null
  /** Digest of the content that the import gave it. */
  importedContent: string | null
}

/** What an import does with a line: `note` only keeps the line as the one that was imported last. */
export type ImportVerdict =
  | { verdict: 'create' | 'unchanged' }
  | { verdict: 'change' | 'note' | 'changed_here'; order: Order }

/**
 * Judges a line of an import against the order with its external id (contract, section 3): the same line again is
 * unchanged, whatever was amended here since; another one must not overwrite what people changed here. Confirming is
 * not amending: an order that was confirmed here takes the line's content and stays Confirmed.
 * @param lineDigest of the line, its state included
 * @param contentDigest of the order's content as it is now; null without an order
 */
export function judgeImport(
  line: ImportedOrder,
  lineDigest: string,
  before: ImportedBefore | undefined,
  contentDigest: string | null,
): ImportVerdict {
  if (before === undefined) return { verdict: 'create' }
  if (before.importedLine === lineDigest) return { verdict: 'unchanged' }
  const { order } = before
  if (order.state === 'Deleted' || before.importedContent !== contentDigest) return { verdict: 'changed_here', order }
  const confirms = line.state === 'Confirmed' && order.state === 'Draft'
  const same = sameContent(contentOf(line, order), contentOf(inputOf(order), order))
  return { verdict: same && !confirms ? 'note' : 'change', order }
}

/** A line's text for its digest: the members in one order, defaults filled in, a day that is left out kept apart. */
export function describeLine(line: ImportedOrder): string {
  return JSON.stringify([line.state, contentOf(line, { externalId: null, placedAt: '' })])
}

/** A content's text for its digest. */
export function describeContent(content: OrderContent): string {
  return JSON.stringify(content)
}
