/** A record as it crosses. */
export type Rec = Readonly<Record<string, unknown>>

/** What a feed names in its own way (PROTOCOL.md, section 1). `tombstone`: the members that say that it was deleted. */
export type Names = {
  feed: string
  record: string
  key: string
  keys: string
  place: string
  epochHeader: string
  noticeKey: string
  tombstone: Rec
}

/** What a side says of itself at its control interface: each member may be left out. */
export type Card = { names?: Names; hands?: string[]; notice?: Rec; sample?: Rec; text?: string }

/** The names of the examples in PROTOCOL.md. */
export const ORDERS: Names = {
  feed: 'orders',
  record: 'order',
  key: 'number',
  keys: 'numbers',
  place: 'confirmedSequenceNr',
  epochHeader: 'Order-Epoch',
  noticeKey: 'orderNumber',
  tombstone: { state: 'Deleted' },
}

/** Whether the value is a JSON object. */
export function isRec(value: unknown): value is Rec {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether the record says that it was deleted. */
export function isTombstone({ tombstone }: Names, record: Rec): boolean {
  return Object.entries(tombstone).every(([member, value]) => record[member] === value)
}
