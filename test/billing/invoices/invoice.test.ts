import { describe, expect, it } from 'vitest'
import type { PublishedOrder } from '../../../shared/contract/order.ts'
import { type Invoice, invoiceETag, invoiceOf, judgeDecision } from '../../../workers/billing/documents/invoice.ts'
import type { RecordCheck } from '../../../shared/handover/consumer/record.ts'
import { aPublishedOrder } from '../../support/published-order.ts'

type Facts = Parameters<typeof invoiceOf>[0]

/** A line at 19 %, a charge at 7 %: net 10.00, tax 1.71 + 0.07, gross 11.78. */
const order = aPublishedOrder({
  lines: [{ sku: 'OAT-1', description: 'Oat flakes', quantity: 2, unitPrice: 450, discountPercent: 0, taxPercent: 19 }],
  charges: [{ description: 'Freight', amount: 100, taxPercent: 7 }],
  totals: { net: 1_000, tax: 178, gross: 1_178 },
})
const amended: PublishedOrder = { ...order, revision: 4, fingerprint: 222, note: 'amended' }

function facts(parts: Partial<Facts>): Facts {
  return {
    id: 7,
    orderNumber: 7,
    state: 'ToApprove',
    invoiceNumber: null,
    document: null,
    createdAt: '2026-03-01T08:02:00.000Z',
    decidedAt: null,
    decidedBy: null,
    reason: null,
    issuedOn: null,
    dueOn: null,
    seller: null,
    mismatch: 0,
    copyRecord: JSON.stringify(order),
    copyDeleted: 0,
    copyOrphaned: 0,
    quarantined: 0,
    replaces: 0,
    replacedBy: null,
    creditNotes: '[]',
    ...parts,
  }
}

const decided = {
  document: JSON.stringify(order),
  decidedAt: '2026-03-03T09:00:00.000Z',
  decidedBy: 'eva@example.com',
} satisfies Partial<Facts>
const approved = { ...decided, state: 'Approved', invoiceNumber: '2026-000001' } satisfies Partial<Facts>

describe('invoiceOf', () => {
  it('works out tax by rate and the sums from the order', () => {
    expect(invoiceOf(facts({}))).toMatchObject({
      orderRevision: 3,
      taxes: [
        { taxPercent: 7, base: 100, tax: 7 },
        { taxPercent: 19, base: 900, tax: 171 },
      ],
      net: 1_000,
      tax: 178,
      gross: 1_178,
      orderChangedSince: false,
      orderDeleted: false,
      mismatched: false,
    })
  })

  it('follows the copy while it waits, and when it was rejected', () => {
    const copy = { copyRecord: JSON.stringify(amended) }
    expect(invoiceOf(facts(copy))).toMatchObject({ orderRevision: 4, note: 'amended', orderChangedSince: false })
    const rejected = facts({ ...decided, ...copy, state: 'Rejected', reason: 'A line is missing' })
    expect(invoiceOf(rejected)).toMatchObject({ orderRevision: 4, note: 'amended', orderChangedSince: false })
  })

  it('says what was approved once it is, and tells that the order has changed since', () => {
    const copy = { copyRecord: JSON.stringify(amended), mismatch: 1 } as const
    expect(invoiceOf(facts({ ...approved, ...copy }))).toMatchObject({
      orderRevision: 3,
      note: null,
      invoiceNumber: '2026-000001',
      orderChangedSince: true,
    })
    expect(invoiceOf(facts(approved)).orderChangedSince).toBe(false)
  })

  it('tells that the order was deleted, is orphaned, or cannot be read', () => {
    expect(invoiceOf(facts({ ...approved, copyDeleted: 1 })).orderDeleted).toBe(true)
    expect(invoiceOf(facts({ copyOrphaned: 1 })).orderOrphaned).toBe(true)
    expect(invoiceOf(facts({ quarantined: 1 })).orderQuarantined).toBe(true)
  })

  it('falls back on what was decided where there is no copy, and throws where there is neither', () => {
    const none = { copyRecord: null, copyDeleted: null, copyOrphaned: null }
    expect(invoiceOf(facts({ ...approved, ...none }))).toMatchObject({ gross: 1_178, orderChangedSince: false })
    expect(() => invoiceOf(facts(none))).toThrow('Cannot show invoice 7')
  })
})

describe('invoiceETag', () => {
  it('is strong, the same for the same invoice, and another for any difference that is shown', async () => {
    const invoice = invoiceOf(facts({}))
    const etag = await invoiceETag(invoice)
    expect(etag).toMatch(/^"[0-9a-f]{32}"$/)
    expect(await invoiceETag(invoiceOf(facts({})))).toBe(etag)
    const others = [{ quarantined: 1 }, { copyOrphaned: 1 }, { copyRecord: JSON.stringify(amended) }] as const
    const tags = await Promise.all(others.map((parts) => invoiceETag(invoiceOf(facts(parts)))))
    expect(new Set([etag, ...tags]).size).toBe(4)
  })
})

describe('judgeDecision', () => {
  const waiting = invoiceOf(facts({}))

  const answered = { reason: 'answered', fingerprint: 111 } as const

  it.each<RecordCheck>([answered, { reason: 'no_answer' }])(
    'lets through what waits and was seen as it is: %j',
    (check) => {
      expect(judgeDecision(waiting, check, '"a"', '"a"')).toEqual({ ok: true, value: null })
    },
  )

  it.each<[string, RecordCheck]>([
    ['orphaned', { reason: 'unknown' }],
    ['unsettled', { reason: 'unsettled' }],
    ['left_out', { reason: 'left_out' }],
  ])('refuses as %s what ordering says so of', (reason, check) => {
    expect(judgeDecision(waiting, check, '"a"', '"a"')).toEqual({ ok: false, error: { reason, current: waiting } })
  })

  it.each<[string, Invoice, string]>([
    ['stale', waiting, '"b"'],
    ['already_decided', invoiceOf(facts(approved)), '"a"'],
    ['already_decided', { ...waiting, state: 'Rejected' }, '"a"'],
    ['already_decided', { ...waiting, state: 'Cancelled' }, '"a"'],
    ['orphaned', { ...waiting, orderOrphaned: true }, '"a"'],
    ['quarantined', { ...waiting, orderQuarantined: true }, '"a"'],
  ])('refuses as %s', (reason, current, seen) => {
    expect(judgeDecision(current, answered, '"a"', seen)).toEqual({ ok: false, error: { reason, current } })
  })
})
