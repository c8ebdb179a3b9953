import * as z from 'zod'
import { orderNumber } from '../../../shared/contract/order.ts'
import {
  AFTER,
  describe,
  IF_MATCH,
  IF_NONE_MATCH,
  LIMIT,
  nameSchema,
  parameter,
} from '../../../shared/openapi/describe.ts'
import type { Operation } from '../../../shared/openapi/operation.ts'
import { publishedMembers } from '../../../shared/openapi/order.ts'
import { INVOICE_STATES } from '../documents/invoice.ts'
import { rejectionInput } from '../invoices/rejection.ts'
import { LONGEST_SEARCH } from '../../../shared/edge/list-query.ts'
import * as examples from './examples.ts'

const { currency, customer, lines, charges, suppliedOn, taxExemptionReason, note } = publishedMembers
const instant = z.iso.datetime()
const day = z.iso.date()

nameSchema(rejectionInput, 'Rejection', 'Why an invoice is rejected.', { reason: 'Shown to the order’s clerk.' })

/** The tax at one rate. */
export const taxAtRate = z
  .object({
    taxPercent: z.number().describe('The rate.'),
    base: z.int().describe('The net at this rate.'),
    tax: z.int().describe('Rounded half up once.'),
  })
  .meta({ id: 'TaxAtRate', description: 'The tax at one rate.' })

/** Who sells, as a document says it. */
export const seller = z
  .object({
    name: z.string().describe('The name.'),
    address: z.array(z.string()).describe('The lines of the address, in order.'),
    vatId: z.string().describe('The VAT identification number.'),
    bank: z.string().describe('The account to pay to.'),
  })
  .meta({ id: 'Seller', description: 'Who sells, as a document says it.' })

const creditReference = z
  .object({
    id: z.int().describe('The credit note’s id.'),
    creditNoteNumber: z.string().describe('Given when it was issued, by year, without gaps.'),
    gross: z.int().describe('The amount credited, in minor units.'),
    linePositions: z.array(z.int()).describe('The lines that it credits, by position in the invoice, from 0.'),
    chargePositions: z.array(z.int()).describe('The charges that it credits, by position in the invoice, from 0.'),
  })
  .meta({ id: 'CreditReference', description: 'A credit note, as its invoice names it.' })

/** An invoice. */
export const invoice = z
  .object({
    id: z.int().describe('The invoice’s id. That of an order’s first invoice is the order’s number.'),
    orderNumber: z.int().describe('The order that it is for.'),
    orderRevision: z
      .int()
      .describe('The order’s revision that it shows. An approved invoice keeps the one it was approved at.'),
    state: z
      .enum(INVOICE_STATES)
      .describe('While ToApprove it follows the order; once Approved nothing in it changes.'),
    invoiceNumber: z.string().nullable().describe('Given at approval, by year, without gaps; null before.'),
    currency,
    customer: describe(customer, 'Who it is for.'),
    lines: describe(lines, 'What is charged.'),
    charges: describe(charges, 'What is charged beside the lines.'),
    suppliedOn,
    taxExemptionReason,
    note: describe(note, 'The order’s note.'),
    taxes: z.array(taxAtRate).describe('The tax by rate, the lowest first.'),
    net: z.int().describe('Before tax, in minor units.'),
    tax: z.int().describe('The tax of all rates, in minor units.'),
    gross: z.int().describe('What is to be paid, in minor units.'),
    createdAt: instant.describe('When the order first arrived.'),
    decidedAt: instant.nullable().describe('When it was approved, rejected or cancelled.'),
    decidedBy: z.string().nullable().describe('Who did it.'),
    reason: z.string().nullable().describe('Why it was rejected.'),
    issuedOn: day
      .nullable()
      .describe('The invoice’s date, where the business is. Null before the approval, and never changed after it.'),
    dueOn: day
      .nullable()
      .describe('The day by which it is to be paid. Null before the approval, and never changed after it.'),
    seller: seller
      .nullable()
      .describe('Who sells, as the invoice says it. Null before the approval, and never changed after it.'),
    orderChangedSince: z
      .boolean()
      .describe('The order says something else now than what was approved: a credit note corrects the invoice.'),
    orderDeleted: z.boolean().describe('The order was deleted.'),
    mismatched: z
      .boolean()
      .describe(
        'An approved one that is to be credited: what is left of it, its credit notes taken off, is not what its ' +
          'order says.',
      ),
    orderOrphaned: z.boolean().describe('Ordering has the order no longer; the invoice is not to be approved.'),
    orderQuarantined: z
      .boolean()
      .describe('The order’s newest record cannot be read; the invoice is not to be approved.'),
    creditNotes: z.array(creditReference).describe('What corrects it, the oldest first.'),
    replaces: z.int().nullable().describe('The invoice that it replaces.'),
    replacedBy: z.int().nullable().describe('The invoice that replaces it.'),
  })
  .meta({ id: 'Invoice', description: 'An invoice. An order has one, unless a credit note has made way for another.' })

const invoiceList = z
  .object({
    invoices: z.array(invoice).describe('As asked for.'),
    next: z.int().nullable().describe('Send it as `after` to continue; null at the end.'),
  })
  .meta({ id: 'InvoiceList', description: 'Invoices, the highest id first.' })

/** An invoice in a path. */
export const ID = { id: parameter(orderNumber, 'The invoice’s id.', 1) }
export const MUST_MATCH = { 'If-Match': IF_MATCH }
export const ETAG = {
  ETag: 'Stands for all that the invoice shows. Send it in `If-Match` to decide on what you have read.',
}
const DECIDED_HEADERS = {
  ...ETAG,
  'Decided-On':
    '`order`: the order as ordering had it. `copy`: billing’s copy of it, since ordering did not answer within 5 ' +
    'seconds.',
  'Copy-Fetched-At': 'When that copy was read from ordering, an instant in UTC.',
}
const DECISION_PROBLEMS = [
  'not-found',
  'precondition-required',
  'stale',
  'already-decided',
  'conflict',
  'four-eyes',
] as const

/** What a list of invoices or credit notes is narrowed by; `found` says what `q` finds. */
export function foundBy(found: string) {
  return {
    q: parameter(z.string().max(LONGEST_SEARCH).optional(), found, 'kornblume'),
    gross: parameter(z.int().min(0).optional(), 'Only what has this total, in minor units.', 2500),
    currency: parameter(z.string().length(3).optional(), 'Only what is in this currency.', 'EUR'),
    issuedFrom: parameter(day.optional(), 'Only what was issued on this day or later.', '2026-03-01'),
    issuedTo: parameter(day.optional(), 'Only what was issued on this day or before.', '2026-03-31'),
  }
}

/** How invoices are read and decided. */
export const INVOICE_OPERATIONS = {
  listInvoices: {
    route: 'GET /api/invoices',
    tag: 'Invoices',
    summary: 'List invoices',
    description:
      'The highest id first, after the invoices of the order whose number is searched; by `issuedFrom` and ' +
      '`issuedTo` ' +
      'alone, the last issued first. A list may hold fewer than `limit`: `next` says whether it continues.',
    parameters: {
      query: {
        state: parameter(z.enum(INVOICE_STATES).optional(), 'Only those in this state.'),
        order: parameter(z.optional(orderNumber), 'Only that of this order.', 1),
        mismatched: parameter(
          z.literal('true').optional(),
          'Only approved ones that no longer match their orders: an order was amended or deleted since, and what is ' +
            'left ' +
            'of the invoice, its credit notes taken off, is not what it says.',
        ),
        ...foundBy(
          'Only what has this in its customer’s name or its order’s external id, whatever the capitals, accents and ' +
            'punctuation styles; whose number begins with it, from three characters on; or the order’s with this ' +
            'number.',
        ),
        after: AFTER,
        limit: LIMIT,
      },
    },
    answers: {
      200: {
        description: 'The invoices.',
        schema: invoiceList,
        example: { invoices: [examples.OTHER_INVOICE, examples.INVOICE], next: null },
      },
    },
    problems: [],
  },
  readInvoice: {
    route: 'GET /api/invoices/:id',
    tag: 'Invoices',
    summary: 'Read an invoice',
    parameters: { path: ID, header: { 'If-None-Match': IF_NONE_MATCH } },
    answers: {
      200: { description: 'The invoice.', schema: invoice, example: examples.INVOICE, headers: ETAG },
      304: { description: 'It is as the sender holds it.', headers: ETAG },
    },
    problems: ['not-found'],
  },
  approveInvoice: {
    route: 'POST /api/invoices/:id/approve',
    tag: 'Invoices',
    summary: 'Approve an invoice',
    description:
      'It gets its number, and nothing in it changes any more. Ordering is asked for the order first: if it was ' +
      'changed ' +
      'since the invoice was read, that is 412, and `current` shows the invoice as it is now. Where ordering does ' +
      'not ' +
      'answer within 5 seconds, billing’s copy counts, and `Decided-On` says so.',
    parameters: { path: ID, header: MUST_MATCH },
    answers: {
      200: { description: 'The invoice.', schema: invoice, example: examples.APPROVED, headers: DECIDED_HEADERS },
    },
    problems: DECISION_PROBLEMS,
  },
  rejectInvoice: {
    route: 'POST /api/invoices/:id/reject',
    tag: 'Invoices',
    summary: 'Reject an invoice',
    description:
      'It waits for the order to be corrected: the order’s next change makes it ToApprove again. Ordering is asked ' +
      'first, as for an approval.',
    parameters: { path: { id: parameter(orderNumber, 'The invoice’s id.', 2) }, header: MUST_MATCH },
    body: { mediaType: 'application/json', schema: rejectionInput, required: true, example: examples.REJECTION },
    answers: {
      200: { description: 'The invoice.', schema: invoice, example: examples.REJECTED, headers: DECIDED_HEADERS },
    },
    problems: DECISION_PROBLEMS,
  },
} as const satisfies Record<string, Operation>
