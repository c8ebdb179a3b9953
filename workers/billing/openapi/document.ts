import * as z from 'zod'
import { health } from '../../../shared/openapi/order.ts'
import { orderNumber } from '../../../shared/contract/order.ts'
import { type Api, describeApi, type Operation } from '../../../shared/openapi/document.ts'
import { AUDIT_COMPONENTS, AUDIT_OPERATIONS, AUDIT_TAG } from '../../../shared/openapi/audit.ts'
import { ERASURE_COMPONENTS, ERASURE_OPERATIONS, ERASURE_TAG } from './personal-data.ts'
import type { ApiClientSchema } from '../../../shared/openapi/client.ts'
import { OWN_COMPONENTS, OWN_OPERATIONS, OWN_TAG } from '../../../shared/openapi/own.ts'
import { AFTER, IF_MATCH, IF_NONE_MATCH, LIMIT } from '../../../shared/openapi/parameters.ts'
import { creditInput } from '../credit/input.ts'
import { INVOICE_STATES } from '../documents/invoice.ts'
import * as examples from './examples.ts'
import {
  comparison,
  COMPONENTS,
  creditNote,
  creditNoteList,
  invoice,
  invoiceList,
  orderCopy,
  orderSearch,
  resetOutcome,
  retryOutcome,
  restoreAnswer,
  runResult,
  syncReport,
  trace,
} from './schemas.ts'
import { rejectionInput } from '../invoices/rejection.ts'
import { RULES } from '../edge/rights.ts'
import { LONGEST_SEARCH } from '../copies/searched-text.ts'
import { resetInput, retryInput, restoreRequest } from '../sync/input.ts'

const NUMBER = { number: { schema: orderNumber, description: 'The order’s number.', example: 1 } } as const
const ID = { id: { schema: orderNumber, description: 'The invoice’s id.', example: 1 } } as const
const OTHER_ID = { id: { ...ID.id, example: 2 } } as const
const ETAG = { ETag: 'Stands for all that the invoice shows. Send it in `If-Match` to decide on what you have read.' }
const FOUND_BY = {
  q: { schema: z.string().max(LONGEST_SEARCH), example: 'kornblume' },
  gross: { schema: z.int().min(0), description: 'Only what comes to this, in the minor unit.', example: 2500 },
  currency: { schema: z.string().length(3), description: 'Only what is in this currency.', example: 'EUR' },
  issuedFrom: {
    schema: z.iso.date(),
    description: 'Only what was issued on this day or later.',
    example: '2026-03-01',
  },
  issuedTo: { schema: z.iso.date(), description: 'Only what was issued on this day or before.', example: '2026-03-31' },
} as const
const MUST_MATCH = { 'If-Match': { ...IF_MATCH, required: true } } as const
const DECIDED_HEADERS = {
  ...ETAG,
  'Decided-On':
    '`order`: the order as ordering had it. `copy`: billing’s copy of it, since ordering did not answer within 5 seconds.',
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

/** Each thing that billing's API can be asked. */
export const OPERATIONS = {
  runPull: {
    route: 'POST /api/sync/run',
    tag: 'Synchronisation',
    summary: 'Pull now',
    description: 'Reads the feed on from the token. A run that finds another one going is skipped.',
    answers: { 200: { description: 'The run.', schema: runResult, example: examples.RUN } },
    problems: [],
  },
  compareOrders: {
    route: 'POST /api/sync/compare',
    tag: 'Synchronisation',
    summary: 'Compare both sides',
    description: 'Compares the orders of both apps by content, and corrects those that differ to what ordering says.',
    answers: { 200: { description: 'What was found.', schema: comparison, example: examples.COMPARED } },
    problems: ['conflict', 'unsettled'],
  },
  readSync: {
    route: 'GET /api/sync',
    tag: 'Synchronisation',
    summary: 'Read where billing stands',
    answers: { 200: { description: 'Where it stands.', schema: syncReport, example: examples.SYNC } },
    problems: [],
  },
  resetToken: {
    route: 'POST /api/sync/reset',
    tag: 'Synchronisation',
    summary: 'Set the token back',
    description: 'Safe at any time: no older revision overwrites a newer one. Send a preview first.',
    body: { mediaType: 'application/json', schema: resetInput, required: true, example: examples.RESET },
    answers: {
      200: {
        description: 'What it will bring, or that it is done.',
        schema: resetOutcome,
        example: examples.RESET_PREVIEWED,
      },
    },
    problems: ['conflict'],
  },
  returnOrphans: {
    route: 'POST /api/sync/orphans/restore',
    tag: 'Synchronisation',
    summary: 'Give orphaned orders back to ordering',
    description: 'For orders that a restore of ordering has lost and that billing still holds. Send a preview first.',
    body: { mediaType: 'application/json', schema: restoreRequest, required: true, example: examples.RESTORE },
    answers: {
      200: { description: 'What becomes of them.', schema: restoreAnswer, example: examples.RESTORE_PREVIEWED },
    },
    problems: [],
  },
  retryQuarantined: {
    route: 'POST /api/sync/quarantine/retry',
    tag: 'Synchronisation',
    summary: 'Try a quarantined record again now',
    description: 'It is tried again by itself as well, with growing pauses.',
    body: { mediaType: 'application/json', schema: retryInput, required: true, example: examples.RETRY },
    answers: { 200: { description: 'What came of it.', schema: retryOutcome, example: examples.RETRIED } },
    problems: ['not-found'],
  },
  readOrder: {
    route: 'GET /api/orders/:number',
    tag: 'Orders',
    summary: 'Read the copy of an order',
    parameters: { path: NUMBER },
    answers: { 200: { description: 'The copy.', schema: orderCopy, example: examples.ORDER_COPY } },
    problems: ['not-found', 'deleted'],
  },
  traceOrder: {
    route: 'GET /api/orders/:number/trace',
    tag: 'Orders',
    summary: 'Trace an order through both apps',
    parameters: { path: NUMBER },
    answers: { 200: { description: 'The order’s trace.', schema: trace, example: examples.TRACE } },
    problems: ['not-found'],
  },
  searchOrder: {
    route: 'GET /api/trace',
    tag: 'Orders',
    summary: 'Find an order, and trace it',
    description:
      'What billing has by the whole of `q` counts first: the order’s number or external id, its invoice’s or credit ' +
      'note’s number, or its customer’s id. Then ordering is asked for an order with this number or external id that ' +
      'billing does not have yet. Then `q` is looked for as invoices are, as a part of the customer’s name too.',
    parameters: {
      query: {
        q: {
          schema: z.string().min(1).max(LONGEST_SEARCH),
          required: true,
          description: 'A number, also as `#12` or `012`, an id or a name.',
          example: 'NW-10248',
        },
      },
    },
    answers: { 200: { description: 'What was found.', schema: orderSearch, example: examples.ORDER_SEARCH } },
    problems: ['invalid-query', 'not-found'],
  },
  listInvoices: {
    route: 'GET /api/invoices',
    tag: 'Invoices',
    summary: 'List invoices',
    description:
      'The highest id first, after the invoices of the order whose number is searched; by `issuedFrom` and `issuedTo` ' +
      'alone, the last issued first. A list may hold fewer than `limit`: `next` says whether it continues.',
    parameters: {
      query: {
        state: { schema: z.enum(INVOICE_STATES), description: 'Only those in this state.' },
        order: { schema: orderNumber, description: 'Only that of this order.', example: 1 },
        mismatched: {
          schema: z.literal('true'),
          description:
            'Only approved ones that no longer match their orders: an order was amended or deleted since, and what is left ' +
            'of the invoice, its credit notes taken off, is not what it says.',
        },
        ...FOUND_BY,
        q: {
          ...FOUND_BY.q,
          description:
            'Only what has this in its customer’s name or its order’s external id, whatever the capitals, accents and ' +
            'punctuation styles; whose number begins with it, from three characters on; or the order’s with this number.',
        },
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
      'It gets its number, and nothing in it changes any more. Ordering is asked for the order first: if it was changed ' +
      'since the invoice was read, that is 412, and `current` shows the invoice as it is now. Where ordering does not ' +
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
    parameters: { path: OTHER_ID, header: MUST_MATCH },
    body: { mediaType: 'application/json', schema: rejectionInput, required: true, example: examples.REJECTION },
    answers: {
      200: { description: 'The invoice.', schema: invoice, example: examples.REJECTED, headers: DECIDED_HEADERS },
    },
    problems: DECISION_PROBLEMS,
  },
  creditInvoice: {
    route: 'POST /api/invoices/:id/credit-notes',
    tag: 'Credit notes',
    summary: 'Credit an approved invoice',
    description:
      'Whole, or by line and charge, each once. Its order may be invoiced again in the same step. Above an amount neither ' +
      'who approved the invoice nor who confirmed its order or changed it last may credit it; all its credit notes count.',
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
      'For an invoice that was credited whole. The new one waits for approval and follows the order until then. ' +
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
        ...FOUND_BY,
        q: {
          ...FOUND_BY.q,
          description: 'As for invoices. A credit note is found by the number of the invoice that it corrects as well.',
        },
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
    parameters: { path: { id: { schema: orderNumber, description: 'The credit note’s id.', example: 2 } } },
    answers: { 200: { description: 'The credit note.', schema: creditNote, example: examples.CREDIT_NOTE } },
    problems: ['not-found'],
  },
  readHealth: {
    route: 'GET /health',
    tag: 'Health',
    summary: 'Ask whether the app is well',
    answers: { 200: { description: 'It is, or somebody should look.', schema: health, example: { status: 'ok' } } },
    problems: [],
  },
  ...AUDIT_OPERATIONS,
  ...ERASURE_OPERATIONS,
  ...OWN_OPERATIONS,
} as const satisfies Record<string, Operation>

const API: Api = {
  title: 'Waybill billing',
  description:
    'Invoices of the orders that were confirmed in ordering. Orders come by themselves, every minute.\n\n' +
    'All money is an integer in the currency’s minor unit. Every refusal is problem details (RFC 9457), and its ' +
    '`type` is the address of a page that explains it.',
  tags: {
    Invoices: 'One for each order.',
    'Credit notes': 'What corrects approved invoices.',
    Orders: 'Billing’s copies of ordering’s orders.',
    Synchronisation: 'How billing keeps up with ordering, and what an operator does about it.',
    Health: 'For whoever watches the app.',
    ...AUDIT_TAG,
    ...ERASURE_TAG,
    ...OWN_TAG,
  },
  operations: OPERATIONS,
  components: { ...COMPONENTS, ...AUDIT_COMPONENTS, ...ERASURE_COMPONENTS, ...OWN_COMPONENTS },
  rules: RULES,
}

/** The document of billing's API. */
export function describeBillingApi() {
  return describeApi(API)
}

/** Billing's API for Hono's typed client: `hc<BillingApi>(origin)`. */
export type BillingApi = ApiClientSchema<typeof OPERATIONS>
