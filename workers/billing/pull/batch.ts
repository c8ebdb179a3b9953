import { ORDER_NUMBERS, type PublishedOrder } from '../../../shared/contract/order.ts'
import { isDataRefusal } from '../../../shared/db/d1.ts'
import type { BillingDb } from '../db.ts'
import type { ReadOrder, UnfitRecord } from '../copies/order-copy.ts'
import { type BatchOutcome, storeBatch, type BatchAttempt, type ReadBatch, tryBatch } from './batch-store.ts'

/** The run that stores a batch. */
export type Run = Omit<BatchAttempt, 'attemptId'>

/** A batch as it was stored: without what was refused, which stands among its unfit records. */
export type StoredBatch = BatchOutcome & { batch: ReadBatch }

/**
 * Stores the batch. Orders that the database refuses by a constraint, a type or a size are found by halving the batch,
 * and set aside in its batch like any record that does not fit; the others go on. A database that refuses an order
 * beyond reproach as well is at fault itself: then nothing is stored, and what it said is thrown.
 * Undefined if another run has moved the token, or a newer epoch was learned.
 */
export async function storeOrQuarantine(db: BillingDb, batch: ReadBatch, run: Run): Promise<StoredBatch | undefined> {
  try {
    return await storeAttempt(db, batch, run)
  } catch (error) {
    if (!isDataRefusal(error) || batch.orders.length === 0) throw error
    const canary = await tryBatch(db, { ...batch, orders: [CANARY] }, newAttempt(run))
    if (canary !== 'taken') throw error
    const { fit, unfit } = await separate(db, batch, run)
    return await storeAttempt(db, { ...batch, orders: fit, unfit: [...batch.unfit, ...unfit] }, run)
  }
}

async function storeAttempt(db: BillingDb, batch: ReadBatch, run: Run): Promise<StoredBatch | undefined> {
  const result = await storeBatch(db, batch, newAttempt(run))
  return result && { ...result, batch }
}

async function separate(db: BillingDb, batch: ReadBatch, run: Run) {
  const fit: ReadOrder[] = []
  const unfit: UnfitRecord[] = []
  const parts = [batch.orders]
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    // Tried with those that fit already: two orders may be refused together that are taken one by one.
    const tried = await tryBatch(db, { ...batch, orders: [...fit, ...part] }, newAttempt(run))
    const [first] = part
    if (tried === 'taken') fit.push(...part)
    else if (!isDataRefusal(tried)) throw tried
    else if (part.length === 1 && first !== undefined) unfit.push(refusedRecord(first.order, tried))
    else parts.push(part.slice(part.length / 2), part.slice(0, part.length / 2))
  }
  return { fit, unfit }
}

function refusedRecord({ number, revision, confirmedSequenceNr }: PublishedOrder, refusal: unknown): UnfitRecord {
  const errors = [{ pointer: '', detail: 'Billing’s database refuses this order' }]
  return { number, revision, sequenceNr: confirmedSequenceNr, errors, cause: innermostMessage(refusal) }
}

/** What D1 itself said, without what it puts before it. */
function innermostMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.message : innermostMessage(error.cause)
}

function newAttempt(run: Run): BatchAttempt {
  return { ...run, attemptId: crypto.randomUUID() }
}

const CANARY_INSTANT = '2000-01-01T00:00:00Z'
/** An order that a database in order takes: tried and undone, never stored. */
const CANARY: ReadOrder = canary({
  number: ORDER_NUMBERS - 1,
  state: 'Confirmed',
  revision: 1,
  confirmedSequenceNr: 1,
  fingerprint: 0,
  externalId: null,
  placedAt: CANARY_INSTANT,
  confirmedAt: CANARY_INSTANT,
  confirmedBy: 'canary',
  updatedAt: CANARY_INSTANT,
  updatedBy: 'canary',
  currency: 'EUR',
  customer: {
    id: 'canary',
    name: 'canary',
    contact: null,
    email: null,
    vatId: null,
    address: { street: '-', additional: null, city: '-', postalCode: null, region: null, country: 'DE' },
  },
  lines: [{ sku: '-', description: '-', quantity: 1, unitPrice: 1, discountPercent: 0, taxPercent: 0 }],
  charges: [],
  suppliedOn: null,
  taxExemptionReason: null,
  note: null,
  totals: { net: 1, tax: 0, gross: 1 },
})

function canary(order: PublishedOrder): ReadOrder {
  return { order, record: JSON.stringify(order) }
}
