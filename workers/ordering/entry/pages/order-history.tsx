import type { AuditEntry } from '../../../../shared/records/audit.ts'
import type { Order } from '../../../../shared/contract/order.ts'
import { Pager, StoredText, Timeline, type TimelineEntry } from '../../../../shared/ui/parts.tsx'
import type { OrderTrail } from '../../records/audit-store.ts'
import { historyPath } from '../order-audit.ts'
import { labelOf, rowLabel } from '../../orders/field-labels.ts'

type OrderHistoryProps = {
  order: Order
  trail: OrderTrail
  /** The entry before which the page ends; undefined for the page of the newest. */
  before: number | undefined
}

/** What became of an order, a page of it, the oldest first: who did it, and which fields they changed. */
export function OrderHistory({ order, trail, before }: OrderHistoryProps) {
  const { entries, older } = trail
  return (
    <>
      <Pager
        label="Pages of the history"
        words={{ first: 'Newest', next: 'Older entries' }}
        first={before === undefined ? undefined : historyPath(order.number)}
        next={older === null ? undefined : historyPath(order.number, older)}
      />
      <Timeline
        entries={[
          ...(older === null ? [{ at: order.placedAt, dayOnly: true, title: 'Placed' }] : []),
          ...entries.map(describe),
          ...(before === undefined ? listUnrecorded(order, trail) : []),
        ]}
      />
    </>
  )
}

function describe(entry: AuditEntry): TimelineEntry {
  const { at, act, by, before, after, revision } = entry
  const confirmed = after?.['/state'] === 'Confirmed'
  const fields = Object.keys(before ?? {}).filter((pointer) => pointer !== '/state')
  const did = `${TITLES[act] ?? act}${act === 'imported' && confirmed ? ' and confirmed' : ''}`
  return {
    at,
    title: (
      <>
        {did} by <StoredText>{by}</StoredText>
        {revision !== null && `, revision ${revision}`}
      </>
    ),
    tone: act === 'deleted' ? 'error' : confirmed ? 'success' : undefined,
    children: fields.length === 0 ? undefined : <p>{labelsOf(fields)}</p>,
  }
}

const TITLES: Record<string, string> = {
  placed: 'Entered',
  imported: 'Imported',
  amended: 'Amended',
  confirmed: 'Confirmed',
  deleted: 'Deleted',
  restored: 'Restored by billing',
  erased: 'Personal data erased',
}

function labelsOf(pointers: readonly string[]): string {
  const names = pointers.map((pointer) => pointer.slice(1).replaceAll('/', '.'))
  return [...new Set(names.map((name) => rowLabel(name) ?? labelOf(name)))].join(', ')
}

/** What the order itself says and no entry tells: it was made or changed by SQL, or restored by billing. */
function listUnrecorded(order: Order, { entries, confirmed: recorded }: OrderTrail): TimelineEntry[] {
  const { confirmedAt, confirmedBy, updatedAt, updatedBy, revision } = order
  const confirmed = confirmedAt !== null && !recorded
  return [
    ...(confirmed
      ? [
          {
            at: confirmedAt,
            title: (
              <>
                Confirmed by <StoredText>{confirmedBy}</StoredText>
              </>
            ),
            tone: 'success' as const,
          },
        ]
      : []),
    ...((entries.at(-1)?.revision ?? 0) < revision && !(confirmed && updatedAt === confirmedAt)
      ? [
          {
            at: updatedAt,
            title: (
              <>
                Saved by <StoredText>{updatedBy}</StoredText>, revision {revision}
              </>
            ),
          },
        ]
      : []),
  ]
}
