import type { CreditNote } from '../documents/credit-note.ts'
import type { Invoice } from '../documents/invoice.ts'

// The examples of the document. A test asks for them one after the other, of billing beside an ordering that holds the
// two orders of its own examples, and gets these answers; what no two runs share (instants, ids, tokens) may differ.

const AT = '2026-03-02T09:30:00.000Z'
const BY = 'you@example.com'
const TOKEN = '9f3c5a1be27d4480.2'
const RUN_ID = '7f0c9f3e-4d0e-4f6e-9a53-3a7d1b0c2e55'

const CUSTOMER = {
  id: 'VINET',
  name: 'Vins et alcools Chevalier',
  contact: null,
  email: null,
  vatId: null,
  address: {
    street: '59 rue de l’Abbaye',
    additional: null,
    city: 'Reims',
    postalCode: '51100',
    region: null,
    country: 'FR',
  },
}
const CONTENT = {
  currency: 'USD',
  customer: CUSTOMER,
  lines: [
    { sku: '11', description: 'Queso Cabrales', quantity: 12, unitPrice: 1400, discountPercent: 0, taxPercent: 0 },
  ],
  charges: [{ description: 'Freight', amount: 3238, taxPercent: 0 }],
  suppliedOn: null,
  taxExemptionReason: null,
  note: null,
}
const DAY = '2026-03-02'
const SELLER = {
  name: 'Waybill Trading GmbH',
  address: ['Hafenstr. 12', '20457 Hamburg', 'DE'],
  vatId: 'DE000000000',
  bank: 'IBAN DE00 0000 0000 0000 0000 00',
}
const NOTHING_DONE = { created: 0, changed: 0, removed: 0, unchanged: 0, quarantined: 0 }

export const ORDER_COPY = {
  number: 1,
  state: 'Confirmed',
  revision: 2,
  confirmedSequenceNr: 1,
  fingerprint: 730144440321,
  externalId: 'NW-10248',
  placedAt: '2012-07-04T00:00:00Z',
  confirmedAt: AT,
  confirmedBy: BY,
  updatedAt: AT,
  updatedBy: BY,
  ...CONTENT,
  totals: { net: 20038, tax: 0, gross: 20038 },
  source: 'pull',
  fetchedAt: AT,
  orphaned: false,
}

export const INVOICE = {
  id: 1,
  orderNumber: 1,
  orderRevision: 2,
  state: 'ToApprove',
  invoiceNumber: null,
  ...CONTENT,
  taxes: [{ taxPercent: 0, base: 20038, tax: 0 }],
  net: 20038,
  tax: 0,
  gross: 20038,
  createdAt: AT,
  decidedAt: null,
  decidedBy: null,
  reason: null,
  issuedOn: null,
  dueOn: null,
  seller: null,
  orderChangedSince: false,
  orderDeleted: false,
  mismatched: false,
  orderOrphaned: false,
  orderQuarantined: false,
  creditNotes: [],
  replaces: null,
  replacedBy: null,
} satisfies Invoice

export const OTHER_INVOICE = { ...INVOICE, id: 2, orderNumber: 2 } satisfies Invoice

export const APPROVED = {
  ...INVOICE,
  state: 'Approved',
  invoiceNumber: '2026-000001',
  decidedAt: AT,
  decidedBy: BY,
  issuedOn: DAY,
  dueOn: '2026-04-01',
  seller: SELLER,
} satisfies Invoice

export const REJECTION = { reason: 'The freight was agreed to be free.' }
export const REJECTED = {
  ...OTHER_INVOICE,
  state: 'Rejected',
  decidedAt: AT,
  decidedBy: BY,
  reason: REJECTION.reason,
} satisfies Invoice

export const CREDIT = { reason: 'The freight was agreed to be free.', lines: [], charges: [0] }
export const CREDIT_NOTE = {
  id: 2,
  creditNoteNumber: 'C2026-000001',
  invoiceId: 1,
  invoiceNumber: '2026-000001',
  orderNumber: 1,
  currency: CONTENT.currency,
  customer: CUSTOMER,
  lines: [],
  charges: CONTENT.charges,
  linePositions: [],
  chargePositions: [0],
  taxes: [{ taxPercent: 0, base: 3238, tax: 0 }],
  net: 3238,
  tax: 0,
  gross: 3238,
  taxExemptionReason: CONTENT.taxExemptionReason,
  reason: CREDIT.reason,
  createdAt: AT,
  createdBy: BY,
  replacementId: null,
  issuedOn: DAY,
  seller: SELLER,
} satisfies CreditNote

export const REPLACEMENT = { ...INVOICE, id: 1_000_000_000_001, replaces: 1 } satisfies Invoice

const COUNTS = { ...NOTHING_DONE, created: 2, pages: 1, token: TOKEN }
export const RUN = { runId: RUN_ID, outcome: 'ok', ...COUNTS }
const KEPT_RUN = { runId: RUN_ID, runBy: BY, startedAt: AT, finishedAt: AT, outcome: 'ok', ...COUNTS, error: null }

export const SYNC = {
  token: TOKEN,
  lastRun: KEPT_RUN,
  lastSuccessAt: AT,
  lagSeconds: 0,
  agreedUpTo: 2,
  agreedAt: AT,
  repair: null,
  orphaned: [],
  quarantined: [],
  runs: [KEPT_RUN],
  waiting: 0,
  oldestWaitingAt: null,
  behind: 0,
  health: [],
}

export const RESET = { token: null, preview: true }
export const RESET_PREVIEWED = {
  tokenBefore: TOKEN,
  token: null,
  preview: true,
  complete: true,
  ...NOTHING_DONE,
  unchanged: 2,
}

export const COMPARED = { compared: 2, differing: [], corrected: 0, agreedUpTo: 2, agreedAt: AT }
export const RESTORE = { preview: true }
export const RESTORE_PREVIEWED = { preview: true, restored: [], refused: [] }
export const RETRY = { number: 3 }
export const RETRIED = { subject: 'order:3', attempt: 'unfit' }

export const TRACE = {
  number: 1,
  place: 'to_approve',
  headline: 'Order 1 is in billing, and its invoice waits for approval.',
  changedSince: false,
  steps: [
    { app: 'ordering', step: 'entered', at: AT, detail: `by ${BY}` },
    { app: 'ordering', step: 'confirmed', at: AT, detail: `by ${BY}` },
    { app: 'ordering', step: 'numbered', at: null, detail: 'revision 2 has number 1 in the feed' },
    { app: 'billing', step: 'pulled', at: AT, detail: 'revision 2', runId: RUN_ID },
    { app: 'billing', step: 'invoiced', at: AT, detail: 'from the order' },
  ],
  stuck: null,
  notKnown: null,
}

export const ORDER_SEARCH = {
  orders: [{ number: 1, externalId: 'NW-10248', customer: CUSTOMER.name, state: 'ToApprove', invoiceNumber: null }],
  more: false,
  trace: TRACE,
  notKnown: null,
}
