import { publishedOrder, type PublishedOrder } from '../../../shared/contract/order.ts'
import { type BillingNotice, billingNotice } from '../../../shared/contract/notices.ts'
import { ORDER_FEED } from '../../../shared/contract/order-feed.ts'
import { fieldErrors } from '../../../shared/edge/problem.ts'
import { defineFeed } from '../../../shared/handover/publisher/feed.ts'
import { err, ok } from '../../../shared/result.ts'
import { saveNotices } from '../orders/notice-store.ts'
import { ORDER_BYTES, ORDER_COLUMNS, type OrderRow, toPublished } from '../orders/order-store.ts'
import { RELEASE } from '../release.ts'
import { feed, orderRanges, orders } from '../schema.ts'
import { findRestoreRefusals, restoreOrders } from './restored-order-store.ts'

/** What is kept of who confirmed an order, and when; `value` where it is being confirmed and nothing is said. */
function confirmedOr({ name }: { name: string }, value: string): string {
  return `coalesce(NEW.${name}, OLD.${name}, iif(NEW.${orders.state.name} = 'Confirmed', ${value}, NULL))`
}

/** The feed of orders: what billing and partners read, and what billing reports. */
export const orderFeed = defineFeed<OrderRow, BillingNotice, PublishedOrder>({
  names: ORDER_FEED,
  table: orders,
  columns: {
    key: orders.number,
    revision: orders.revision,
    sequenceNr: orders.confirmedSequenceNr,
    fingerprint: orders.fingerprint,
    publishedSince: orders.confirmedAt,
    changedAt: orders.updatedAt,
  },
  state: {
    table: feed,
    columns: {
      epoch: feed.epoch,
      highest: feed.highest,
      lastSince: feed.lastConfirmedAt,
      lastKey: feed.lastNumber,
      numbering: feed.numbering,
    },
  },
  ranges: {
    table: orderRanges,
    columns: { range: orderRanges.range, records: orderRanges.orders, fingerprints: orderRanges.fingerprints },
  },
  unpublished: [
    // Made from the customer's name and the external id, to search and sort by.
    orders.customerNameFolded,
    orders.customerSortKey,
    orders.externalIdFolded,
    orders.foldStale,
    // Where the order came from.
    orders.enteredBy,
    orders.importedContent,
    orders.importedLine,
  ],
  onRevision: [
    // SQL that sets the state alone confirms, too.
    { column: orders.confirmedAt, value: confirmedOr(orders.confirmedAt, `strftime('%Y-%m-%dT%H:%M:%fZ', 'now')`) },
    { column: orders.confirmedBy, value: confirmedOr(orders.confirmedBy, `'sql'`) },
    // When and by whom: as who changed it says, and nobody else.
    { column: orders.updatedAt, value: `NEW.${orders.updatedAt.name}` },
  ],
  row: { columns: ORDER_COLUMNS, bytes: ORDER_BYTES },
  toRecord: toPublished,
  release: RELEASE,
  notices: { judge: (notice) => billingNotice.safeParse(notice).data, save: saveNotices },
  restoring: {
    parse(record) {
      const parsed = publishedOrder.safeParse(record)
      return parsed.success ? ok(parsed.data) : err(fieldErrors(parsed.error.issues))
    },
    findTaken: findRestoreRefusals,
    insert: restoreOrders,
  },
})
