import * as z from 'zod/mini'

/** What both sides agree on: what the feed says in words of its own (PROTOCOL.md, 1.2), and what a shipment says. */
export const SHIPMENT_FEED = {
  feed: 'shipments',
  record: 'shipment',
  key: 'id',
  keys: 'ids',
  place: 'sequenceNr',
  epochHeader: 'Shipment-Epoch',
  noticeKey: 'shipmentId',
} as const

export const parcel = z.object({
  barcode: z.string().check(z.minLength(1), z.maxLength(1_000)),
  grams: z.int().check(z.positive()),
})

/** A shipment as it crosses. It was withdrawn when its state says so. */
export const shipment = z.object({
  id: z.int(),
  revision: z.int(),
  sequenceNr: z.int(),
  fingerprint: z.int(),
  state: z.enum(['Dispatched', 'Delivered', 'Withdrawn']),
  dispatchedAt: z.iso.datetime(),
  recipient: z.string().check(z.minLength(1), z.maxLength(200)),
  address: z.string().check(z.minLength(1), z.maxLength(1_000)),
  parcels: z.array(parcel),
})
export type Shipment = z.infer<typeof shipment>
