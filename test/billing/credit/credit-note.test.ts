import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type CreditNoteDocument,
  type CreditSelection,
  creditInvoice,
  judgeReissue,
  judgeReissueWithCredit,
} from '../../../workers/billing/documents/credit-note.ts'
import { type Invoice, invoiceOf } from '../../../workers/billing/documents/invoice.ts'
import { publishedCustomer } from '../../support/published-order.ts'

const REASON = 'Agreed otherwise'

type Content = Pick<Invoice, 'lines' | 'charges'>

/** An approved invoice of this content; `facts` are what is stored of it. */
function approved(
  { lines, charges }: Content,
  facts: { copyDeleted?: 0 | 1; copyOrphaned?: 0 | 1; replacedBy?: number; creditNotes?: string } = {},
): Invoice {
  const order = { number: 7, revision: 1, currency: 'EUR', customer: publishedCustomer, lines, charges, note: null }
  return invoiceOf({
    id: 7,
    orderNumber: 7,
    state: 'Approved',
    invoiceNumber: '2026-000001',
    document: JSON.stringify(order),
    createdAt: '2026-03-02T09:30:00Z',
    decidedAt: '2026-03-03T09:30:00Z',
    decidedBy: 'ada@example.com',
    reason: null,
    issuedOn: '2026-03-03',
    dueOn: '2026-04-02',
    seller: null,
    mismatch: 0,
    copyRecord: JSON.stringify(order),
    copyDeleted: 0,
    copyOrphaned: 0,
    quarantined: 0,
    replaces: 0,
    replacedBy: null,
    creditNotes: '[]',
    ...facts,
  })
}

function aLine(unitPrice: number, taxPercent = 0): Invoice['lines'][number] {
  return { sku: 'OAT-1', description: 'Oat flakes', quantity: 1, unitPrice, discountPercent: 0, taxPercent }
}

const twoLines = approved({
  lines: [aLine(1000, 7), aLine(2000, 19)],
  charges: [{ description: 'Freight', amount: 500, taxPercent: 19 }],
})

function credit(invoice: Invoice, selection: CreditSelection, earlier: CreditNoteDocument[] = []): CreditNoteDocument {
  const credited = creditInvoice(invoice, earlier, selection, REASON)
  if (!credited.ok) throw new Error(`Cannot credit: ${credited.error.reason}`)
  return credited.value
}

describe('a credit note', () => {
  it('of the whole invoice says what the invoice says', () => {
    expect(credit(twoLines, 'all')).toMatchObject({
      invoiceNumber: '2026-000001',
      linePositions: [0, 1],
      chargePositions: [0],
      taxes: [
        { taxPercent: 7, base: 1000, tax: 70 },
        { taxPercent: 19, base: 2500, tax: 475 },
      ],
      net: 3500,
      tax: 545,
      gross: 4045,
      reason: REASON,
    })
  })

  it('of one line takes that line and its tax', () => {
    expect(credit(twoLines, { lines: [1], charges: [] })).toMatchObject({
      linePositions: [1],
      chargePositions: [],
      net: 2000,
      tax: 380,
      gross: 2380,
    })
  })

  it('of all that is left leaves out what was credited', () => {
    const first = credit(twoLines, { lines: [1], charges: [] })
    expect(credit(twoLines, 'all', [first])).toMatchObject({ linePositions: [0], chargePositions: [0], gross: 1665 })
  })

  it('never has a tax below 0, where each line by itself would round up', () => {
    const halves = approved({ lines: [aLine(5, 10), aLine(5, 10), aLine(5, 10), aLine(5, 10)], charges: [] })
    const notes: CreditNoteDocument[] = []
    for (const line of [0, 1, 2, 3]) notes.push(credit(halves, { lines: [line], charges: [] }, notes))
    expect(notes.map(({ tax }) => tax)).toEqual([1, 0, 1, 0])
    expect(halves.tax).toBe(2)
  })
})

describe('nothing is credited', () => {
  const first = credit(twoLines, { lines: [1], charges: [0] })

  it.each<[string, Invoice, CreditNoteDocument[], CreditSelection, object]>([
    ['of an invoice that waits', { ...twoLines, state: 'ToApprove' }, [], 'all', { reason: 'not_approved' }],
    ['without a selection', twoLines, [], { lines: [], charges: [] }, { reason: 'nothing_selected' }],
    ['where all is credited', twoLines, [credit(twoLines, 'all')], 'all', { reason: 'nothing_selected' }],
    ['of a line that is not there', twoLines, [], { lines: [0, 2], charges: [] }, { pointer: '/lines/1' }],
    ['of a charge that is not there', twoLines, [], { lines: [], charges: [1] }, { pointer: '/charges/0' }],
    ['of a line twice', twoLines, [first], { lines: [0, 1], charges: [] }, { reason: 'credited_already' }],
    ['of a charge twice', twoLines, [first], { lines: [], charges: [0] }, { pointer: '/charges/0' }],
  ])('%s', (_, invoice, earlier, selection, refusal) => {
    const refused = creditInvoice(invoice, earlier, selection, REASON)
    expect(refused).toMatchObject({ ok: false, error: refusal })
  })
})

describe('an invoice is reissued', () => {
  it('where it is credited whole, its order is there, and it was not reissued before', () => {
    expect(judgeReissueWithCredit(twoLines, 'all').ok).toBe(true)
    expect(judgeReissueWithCredit(twoLines, { lines: [0], charges: [] }).ok).toBe(false)
    expect(judgeReissueWithCredit(approved(twoLines, { copyDeleted: 1 }), 'all').ok).toBe(false)
    expect(judgeReissueWithCredit(approved(twoLines, { replacedBy: 1_000_000_000_007 }), 'all').ok).toBe(false)
  })
})

describe('an invoice that was credited is reissued afterwards', () => {
  const halves = JSON.stringify([
    { id: 1, creditNoteNumber: 'C2026-000001', gross: 1665, linePositions: [0], chargePositions: [0] },
    { id: 2, creditNoteNumber: 'C2026-000002', gross: 2380, linePositions: [1], chargePositions: [] },
  ])
  const half = JSON.stringify((JSON.parse(halves) as unknown[]).slice(1))

  it('where its credit notes are the whole of it together', () => {
    expect(judgeReissue(approved(twoLines, { creditNotes: halves }))).toEqual({ ok: true, value: null })
  })

  it.each<[string, Invoice, object]>([
    ['where nothing is credited', twoLines, { reason: 'not_reissuable' }],
    ['where some of it is left', approved(twoLines, { creditNotes: half }), { reason: 'not_reissuable' }],
    [
      'where a free line is left, although nothing is of the sum',
      approved({ lines: [aLine(0), aLine(2000, 19)], charges: [] }, { creditNotes: half }),
      { reason: 'not_reissuable' },
    ],
    ['where it waits', { ...twoLines, state: 'ToApprove' }, { reason: 'not_approved', state: 'ToApprove' }],
    [
      'where its order was deleted',
      approved(twoLines, { creditNotes: halves, copyDeleted: 1 }),
      { detail: 'Its order was deleted' },
    ],
    [
      'where ordering lost its order',
      approved(twoLines, { creditNotes: halves, copyOrphaned: 1 }),
      { detail: 'Ordering no longer has its order' },
    ],
    [
      'twice',
      approved(twoLines, { creditNotes: halves, replacedBy: 1_000_000_000_007 }),
      { detail: 'It has been reissued already' },
    ],
  ])('but not %s', (_, invoice, refusal) => {
    expect(judgeReissue(invoice)).toMatchObject({ ok: false, error: refusal })
  })
})

it('all credit notes of an invoice together are the invoice to the cent, in whatever parts and order', () => {
  const rate = fc.constantFrom(0, 5.5, 7, 19)
  const line = fc
    .tuple(fc.integer({ min: 0, max: 99_999 }), rate, fc.integer({ min: 1, max: 5_000 }), fc.integer({ max: 100 }))
    .map(([price, tax, thousandths, discount]) => ({
      ...aLine(price, tax),
      quantity: thousandths / 1_000,
      discountPercent: Math.abs(discount) % 101,
    }))
  const charge = fc.record({ description: fc.constant('Freight'), amount: fc.nat(9_999), taxPercent: rate })
  const content = fc.record({
    lines: fc.array(line, { minLength: 1, maxLength: 8 }),
    charges: fc.array(charge, { maxLength: 3 }),
  })
  // Each line and charge is drawn into one of three credit notes.
  const parts = fc.array(fc.nat(2), { minLength: 11, maxLength: 11 })
  fc.assert(
    fc.property(content, parts, (made, part) => {
      const invoice = approved(made)
      const notes: CreditNoteDocument[] = []
      for (const nr of [0, 1]) {
        const selection = {
          lines: [...made.lines.keys()].filter((position) => part[position] === nr),
          charges: [...made.charges.keys()].filter((position) => part[8 + position] === nr),
        }
        if (selection.lines.length + selection.charges.length > 0) notes.push(credit(invoice, selection, notes))
      }
      const rest = creditInvoice(invoice, notes, 'all', REASON)
      if (rest.ok) notes.push(rest.value)
      const sum = (member: 'net' | 'tax' | 'gross') => notes.reduce((total, note) => total + note[member], 0)
      expect([sum('net'), sum('tax'), sum('gross')]).toEqual([invoice.net, invoice.tax, invoice.gross])
      for (const note of notes) expect(Math.min(...note.taxes.map(({ tax }) => tax))).toBeGreaterThanOrEqual(0)
    }),
  )
})
