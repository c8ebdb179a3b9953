/** What the feed of orders says in words of its own (PROTOCOL.md, 1.2; contract, section 4). */
export const ORDER_FEED = {
  feed: 'orders',
  record: 'order',
  key: 'number',
  keys: 'numbers',
  place: 'confirmedSequenceNr',
  epochHeader: 'Order-Epoch',
  noticeKey: 'orderNumber',
} as const
