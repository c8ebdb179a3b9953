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
