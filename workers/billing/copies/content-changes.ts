import type { ChargeInput, LineInput } from '../../../shared/contract/order.ts'
import type { InvoiceContent } from '../../../shared/contract/order-content.ts'
import { pairItems } from '../../../shared/contract/paired-items.ts'
import { type FieldChange, listChanges } from './field-changes.ts'

/**
 * What differs between two contents. A pointer to a line or a charge says where it stands in the later content, and
 * where it stood in the earlier one if it was removed.
 */
export type ContentChange =
  | ({ kind: 'changed' } & FieldChange)
  | { kind: 'added' | 'removed'; pointer: string; item: LineInput | ChargeInput }
  /** The same items stand in another order. */
  | { kind: 'reordered'; pointer: string }

/** What differs, in the order of the contract: head, lines, charges, supply, exemption, note. Two equal contents differ in nothing. */
export function compareContents(before: InvoiceContent, after: InvoiceContent): ContentChange[] {
  return [
    ...fieldChanges(before.currency, after.currency, '/currency'),
    ...fieldChanges(before.customer, after.customer, '/customer'),
    ...compareItems(before.lines, after.lines, '/lines', LINE_KEYS),
    ...compareItems(before.charges, after.charges, '/charges', CHARGE_KEYS),
    ...fieldChanges(before.suppliedOn, after.suppliedOn, '/suppliedOn'),
    ...fieldChanges(before.taxExemptionReason, after.taxExemptionReason, '/taxExemptionReason'),
    ...fieldChanges(before.note, after.note, '/note'),
  ]
}

function fieldChanges(before: unknown, after: unknown, pointer: string): ContentChange[] {
  return listChanges(before, after, pointer).map((change) => ({ kind: 'changed', ...change }))
}

/** What makes an item of one side that of the other, the surest first. */
type Keys<Item> = readonly ((item: Item) => string)[]

const LINE_KEYS: Keys<LineInput> = [
  JSON.stringify,
  ({ sku, description }) => JSON.stringify([sku, description]),
  ({ sku }) => sku,
  ({ description }) => description,
]
const CHARGE_KEYS: Keys<ChargeInput> = [JSON.stringify, ({ description }) => description]

function compareItems<Item extends LineInput | ChargeInput>(
  before: readonly Item[],
  after: readonly Item[],
  pointer: string,
  keys: Keys<Item>,
): ContentChange[] {
  const pairs = pairItems(before, after, keys)
  const paired = new Set(pairs.values())
  const removed = before.flatMap((item, position): Placed[] =>
    pairs.has(position) ? [] : [[position, { kind: 'removed', pointer: `${pointer}/${position}`, item }]],
  )
  const added = after.flatMap((item, position): Placed[] =>
    paired.has(position) ? [] : [[position, { kind: 'added', pointer: `${pointer}/${position}`, item }]],
  )
  const changed = [...pairs].flatMap(([from, to]) =>
    fieldChanges(before[from], after[to], `${pointer}/${to}`).map((change): Placed => [to, change]),
  )
  const placed = [...removed, ...changed, ...added].sort(([one], [other]) => one - other)
  const changes = placed.map(([, change]) => change)
  return isRising([...pairs.values()]) ? changes : [...changes, { kind: 'reordered', pointer }]
}

type Placed = [position: number, change: ContentChange]

function isRising(numbers: readonly number[]): boolean {
  return numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0))
}
