import * as z from 'zod'
import { orderNumber } from '../../../shared/contract/order.ts'
import { AFTER, describe, LIMIT, nameSchema, parameter } from '../../../shared/openapi/describe.ts'
import type { Operation } from '../../../shared/openapi/operation.ts'
import { publishedMembers } from '../../../shared/openapi/order.ts'
import { creditInput } from '../credit/input.ts'
import * as examples from './examples.ts'
import { ETAG, foundBy, ID, invoice, MUST_MATCH, seller, taxAtRate } from './invoices.ts'

const { currency, customer, lines, charges, taxExemptionReason } = publishedMembers

nameSchema(
  creditInput,
  'CreditInput',
  'What of an approved invoice is credited. Without `lines` and `charges`: all that is left of it.',
  {
    reason: 'It is printed on the credit note, and the order’s clerk sees it in ordering.',
    lines: 'The credited lines’ positions in the invoice, from 0.',
    charges: 'The credited charges’ positions in the invoice, from 0.',
    reissue: 'true: the order is invoiced again, as it is now. This requires crediting all that is left.',
  },
)

/** A credit note. */
export const creditNote = z
  .object({
    id: z.int().describe('The credit note’s id.'),
    creditNoteNumber: z.string().describe('Given when it was issued, by year, without gaps.'),
    invoiceId: z.int().describe('The invoice that it corrects.'),
    invoiceNumber: z.string().describe('That invoice’s number.'),
    orderNumber: z.int().describe('That invoice’s order.'),
    currency,
    customer: describe(customer, 'Who it is for.'),
    lines: describe(lines, 'The credited lines, whole.'),
    charges: describe(charges, 'The credited charges, whole.'),
    linePositions: z.array(z.int()).describe('These lines’ positions in the invoice, from 0.'),
    chargePositions: z.array(z.int()).describe('These charges’ positions in the invoice, from 0.'),
    taxes: z
      .array(taxAtRate)
      .describe('The tax by rate, lowest first. All credit notes of an invoice together credit exactly its tax.'),
    net: z.int().describe('Before tax, in minor units.'),
    tax: z.int().describe('The tax of all rates, in minor units.'),
    gross: z.int().describe('The amount credited, in minor units.'),
    taxExemptionReason,
    reason: z.string().describe('Why it was issued.'),
    createdAt: z.iso.datetime().describe('When it was issued.'),
    createdBy: z.string().describe('Who issued it.'),
    replacementId: z.int().nullable().describe('The invoice that was issued in place of the credited one.'),
    issuedOn: z.iso.date().describe('The credit note’s date, where the business is. It never changes.'),
    seller: seller.describe('Who sells, as the credit note says it. It never changes.'),
  })
  .meta({
    id: 'CreditNote',
    description: 'A credit note. Its amounts are positive, to be taken off the invoice.',
  })

const creditNoteList = z
  .object({
    creditNotes: z.array(creditNote).describe('As asked for.'),
    next: z.int().nullable().describe('Send it as `after` to continue; null at the end.'),
  })
  .meta({ id: 'CreditNoteList', description: 'Credit notes, the newest first.' })

/** How approved invoices are credited, and their orders invoiced again. */
export const CREDIT_OPERATIONS = {
  creditInvoice: {
    route: 'POST /api/invoices/:id/credit-notes',
    tag: 'Credit notes',
    summary: 'Credit an approved invoice',
    description:
      'Whole, or by line and charge, each once. Its order may be invoiced again in the same step. Above an amount ' +
      'neither ' +
      'who approved the invoice nor who confirmed its order or changed it last may credit it; all its credit notes ' +
      'count.',
    parameters: { path: ID, header: MUST_MATCH },
    body: { mediaType: 'application/json', schema: creditInput, required: true, example: examples.CREDIT },
    answers: {
      201: {
        description: 'The credit note.',
        schema: creditNote,
        example: examples.CREDIT_NOTE,
        headers: { Location: 'Where the credit note is.' },
      },
    },
    problems: ['not-found', 'precondition-required', 'stale', 'conflict', 'four-eyes'],
  },
  reissueInvoice: {
    route: 'POST /api/invoices/:id/reissue',
    tag: 'Credit notes',
    summary: 'Reissue a credited invoice',
    description:
      'For an invoice that was fully credited. The new one waits for approval and follows the order until then. ' +
      'Asked again, it answers the same invoice.',
    parameters: { path: ID, header: MUST_MATCH },
    answers: {
      201: {
        description: 'The new invoice.',
        schema: invoice,
        example: examples.REPLACEMENT,
        headers: { ...ETAG, Location: 'Where the new invoice is.' },
      },
      200: {
        description: 'The new invoice, made by an earlier request.',
        schema: invoice,
        example: examples.REPLACEMENT,
        headers: ETAG,
      },
    },
    problems: ['not-found', 'precondition-required', 'stale', 'conflict'],
  },
  listCreditNotes: {
    route: 'GET /api/credit-notes',
    tag: 'Credit notes',
    summary: 'List credit notes',
    description: 'The newest first, after those of the order whose number is searched. Else as invoices are listed.',
    parameters: {
      query: {
        ...foundBy('As for invoices. A credit note is found by the number of the invoice that it corrects as well.'),
        after: AFTER,
        limit: LIMIT,
      },
    },
    answers: {
      200: {
        description: 'The credit notes.',
        schema: creditNoteList,
        example: { creditNotes: [examples.CREDIT_NOTE], next: null },
      },
    },
    problems: [],
  },
  readCreditNote: {
    route: 'GET /api/credit-notes/:id',
    tag: 'Credit notes',
    summary: 'Read a credit note',
    parameters: { path: { id: parameter(orderNumber, 'The credit note’s id.', 2) } },
    answers: { 200: { description: 'The credit note.', schema: creditNote, example: examples.CREDIT_NOTE } },
    problems: ['not-found'],
  },
} as const satisfies Record<string, Operation>
