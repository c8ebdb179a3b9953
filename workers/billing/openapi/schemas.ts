import * as z from 'zod'
import { ANSWERED, FIELDS, orderParts } from '../../../shared/openapi/order.ts'
import { restoreOutcome } from '../../../shared/contract/agreement.ts'
import type { Component } from '../../../shared/openapi/schemas.ts'
import { creditInput } from '../credit/input.ts'
import { INVOICE_STATES } from '../documents/invoice.ts'
import { FOUND_STATES, PLACES } from '../trace/place.ts'
import { rejectionInput } from '../invoices/rejection.ts'
import { resetInput, retryInput, restoreRequest } from '../sync/input.ts'

const { facts, customer, lines, charges, totals, number } = orderParts
const instant = facts.updatedAt
const taxAtRate = z.object({ taxPercent: z.number(), base: z.int(), tax: z.int() })

const day = z.iso.date()
const seller = z.object({ name: z.string(), address: z.array(z.string()), vatId: z.string(), bank: z.string() })
const creditReference = z.object({
  id: number,
  creditNoteNumber: z.string(),
  gross: z.int(),
  linePositions: z.array(z.int()),
  chargePositions: z.array(z.int()),
})

/** Billing's copy of an order. */
export const orderCopy = z.object({
  ...facts,
  customer,
  lines,
  charges,
  totals,
  source: z.enum(['pull', 'deep-link']),
  fetchedAt: instant,
  orphaned: z.boolean(),
})

/** An invoice. */
export const invoice = z.object({
  id: number,
  orderNumber: number,
  orderRevision: facts.revision,
  state: z.enum(INVOICE_STATES),
  invoiceNumber: z.string().nullable(),
  currency: facts.currency,
  customer,
  lines,
  charges,
  suppliedOn: facts.suppliedOn,
  taxExemptionReason: facts.taxExemptionReason,
  note: facts.note,
  taxes: z.array(taxAtRate),
  ...totals.shape,
  createdAt: instant,
  decidedAt: z.nullable(instant),
  decidedBy: z.string().nullable(),
  reason: z.string().nullable(),
  issuedOn: z.nullable(day),
  dueOn: z.nullable(day),
  seller: z.nullable(seller),
  orderChangedSince: z.boolean(),
  orderDeleted: z.boolean(),
  mismatched: z.boolean(),
  orderOrphaned: z.boolean(),
  orderQuarantined: z.boolean(),
  creditNotes: z.array(creditReference),
  replaces: z.nullable(number),
  replacedBy: z.nullable(number),
})
/** A page of the list of invoices. */
export const invoiceList = z.object({ invoices: z.array(invoice), next: z.nullable(number) })

/** A credit note. */
export const creditNote = z.object({
  id: number,
  creditNoteNumber: z.string(),
  invoiceId: number,
  invoiceNumber: z.string(),
  orderNumber: number,
  currency: facts.currency,
  customer,
  lines,
  charges,
  linePositions: z.array(z.int()),
  chargePositions: z.array(z.int()),
  taxes: z.array(taxAtRate),
  ...totals.shape,
  taxExemptionReason: facts.taxExemptionReason,
  reason: z.string(),
  createdAt: instant,
  createdBy: z.string(),
  replacementId: z.nullable(number),
  issuedOn: day,
  seller,
})
/** A page of the list of credit notes. */
export const creditNoteList = z.object({ creditNotes: z.array(creditNote), next: z.nullable(number) })

const counts = {
  created: z.int(),
  changed: z.int(),
  removed: z.int(),
  unchanged: z.int(),
  quarantined: z.int(),
}
/** What a run of the pull did. */
export const runResult = z.object({
  runId: z.string(),
  outcome: z.enum(['ok', 'failed', 'skipped']),
  ...counts,
  pages: z.int(),
  token: z.string().nullable(),
  error: z.string().exactOptional(),
})
const pullRun = z.object({
  runId: z.string(),
  runBy: z.string(),
  startedAt: instant,
  finishedAt: z.nullable(instant),
  outcome: z.enum(['running', 'ok', 'failed']),
  ...counts,
  pages: z.int(),
  token: z.string().nullable(),
  error: z.string().nullable(),
})
const quarantined = z.object({
  subject: z.string(),
  number: z.nullable(number),
  error: z.string(),
  attempts: z.int(),
  firstSeenAt: instant,
  nextTryAt: instant,
})
/** Where billing stands against ordering. */
export const syncReport = z.object({
  token: z.string().nullable(),
  lastRun: pullRun.nullable(),
  lastSuccessAt: z.nullable(instant),
  lagSeconds: z.int().nullable(),
  agreedUpTo: z.int().nullable(),
  agreedAt: z.nullable(instant),
  repair: z.enum(['owed', 'reading']).nullable(),
  orphaned: z.array(number),
  quarantined: z.array(quarantined),
  runs: z.array(pullRun),
  waiting: z.int().nullable(),
  oldestWaitingAt: z.nullable(instant),
  behind: z.int().nullable(),
  health: z.array(z.string()),
})
/** What a reset will do, or has done. */
export const resetOutcome = z.union([
  z.object({
    tokenBefore: z.string().nullable(),
    token: z.string().nullable(),
    preview: z.literal(true),
    complete: z.boolean(),
    ...counts,
  }),
  z.object({ tokenBefore: z.string().nullable(), token: z.string().nullable(), preview: z.literal(false) }),
])
/** What a comparison found and did. */
export const comparison = z.object({
  compared: z.int(),
  differing: z.array(number),
  corrected: z.int(),
  agreedUpTo: z.int().nullable(),
  agreedAt: z.nullable(instant),
})
/** What became, or would become, of orphans that billing asked ordering to restore. */
export const restoreAnswer = z.object({ preview: z.boolean(), ...restoreOutcome.shape })
/** What came of trying a quarantined record again. */
export const retryOutcome = z.object({ subject: z.string(), attempt: z.enum(['released', 'unfit', 'gone']) })
/** An order's way through both apps. */
export const trace = z.object({
  number,
  place: z.enum(PLACES),
  headline: z.string(),
  changedSince: z.boolean(),
  steps: z.array(
    z.object({
      app: z.enum(['ordering', 'billing']),
      step: z.enum([
        'entered',
        'confirmed',
        'changed',
        'numbered',
        'pulled',
        'linked',
        'quarantined',
        'invoiced',
        'approved',
        'rejected',
        'credited',
        'reissued',
        'cancelled',
        'notified',
      ]),
      at: z.nullable(instant),
      detail: z.string(),
      reason: z.string().exactOptional(),
      runId: z.string().exactOptional(),
    }),
  ),
  stuck: z.object({ where: z.enum(['ordering', 'billing']), why: z.string() }).nullable(),
  notKnown: z.string().nullable(),
})
const foundOrder = z.object({
  number,
  externalId: z.string().nullable(),
  customer: z.string().nullable(),
  state: z.enum(FOUND_STATES),
  invoiceNumber: z.string().nullable(),
})
/** What a question for an order found. */
export const orderSearch = z.object({
  orders: z.array(foundOrder),
  more: z.boolean(),
  trace: trace.nullable(),
  notKnown: z.string().nullable(),
})

const COUNTS = {
  created: 'Orders that billing had not.',
  changed: 'Orders whose copy was replaced.',
  removed: 'Orders that were deleted in ordering.',
  unchanged: 'Orders whose copy says the same already.',
  quarantined: 'Records that could not be read. They do not stop the ones behind them.',
}
const RUN = {
  runId: 'Names the run in the log of both apps.',
  ...COUNTS,
  pages: 'Pages of the feed that were stored.',
  token: 'The continuation token after the run.',
  error: 'Why it failed.',
}
const REFUSED = 'Orders that ordering does not take, and why.'

/** The schemas of billing's API, by their names in the document. */
export const COMPONENTS: Record<string, Component> = {
  Rejection: {
    schema: rejectionInput,
    description: 'Why an invoice is rejected.',
    fields: { reason: 'The order’s clerk is told this.' },
    sent: true,
  },
  CreditInput: {
    schema: creditInput,
    description: 'What of an approved invoice is credited. Without `lines` and `charges`: all that is left of it.',
    fields: {
      reason: 'It is printed on the credit note, and the order’s clerk sees it in ordering.',
      lines: 'Where the credited lines stand in the invoice, from 0 on.',
      charges: 'Where the credited charges stand in the invoice, from 0 on.',
      reissue: 'true: the order is invoiced again, as it is now. It takes crediting all that is left.',
    },
    sent: true,
  },
  ResetInput: {
    schema: resetInput,
    description: 'Where the pull goes on.',
    fields: {
      token: 'A token that an earlier run ended with in this history; null for the feed’s start.',
      preview: 'true: only say what it would bring.',
    },
    sent: true,
  },
  RestoreInput: {
    schema: restoreRequest,
    description: 'Asks to give orders back to ordering.',
    fields: { preview: 'true: only say what ordering would take.' },
    sent: true,
  },
  RetryInput: {
    schema: retryInput,
    description: 'What is tried again: by its subject, or by its order’s number; one of them.',
    fields: { subject: 'As the state of the synchronisation names it.', number: 'The order’s number.' },
    sent: true,
  },
  ...ANSWERED,
  OrderCopy: {
    schema: orderCopy,
    description: 'Billing’s copy of an order.',
    fields: {
      ...FIELDS.order,
      source: 'Which way its content came.',
      fetchedAt: 'When its content was read from ordering.',
      orphaned: 'Ordering has the order no longer: it was restored to a moment before it.',
    },
  },
  TaxAtRate: {
    schema: taxAtRate,
    description: 'The tax at one rate.',
    fields: { taxPercent: 'The rate.', base: 'The net at this rate.', tax: 'Rounded half up once.' },
  },
  Invoice: {
    schema: invoice,
    description: 'An invoice. An order has one, unless a credit note has made way for another.',
    fields: {
      id: 'The invoice’s id. That of an order’s first invoice is the order’s number.',
      orderNumber: 'The order that it is for.',
      orderRevision: 'The order’s revision that it shows. An approved invoice keeps the one it was approved at.',
      state: 'While ToApprove it follows the order; once Approved nothing in it changes.',
      invoiceNumber: 'Given at approval, by year, without gaps; null before.',
      currency: FIELDS.order.currency,
      customer: 'Who it is for.',
      lines: 'What is charged.',
      charges: 'What is charged beside the lines.',
      suppliedOn: FIELDS.order.suppliedOn,
      taxExemptionReason: FIELDS.order.taxExemptionReason,
      note: 'The order’s note.',
      taxes: 'The tax by rate, the lowest first.',
      net: 'Before tax, in minor units.',
      tax: 'The tax of all rates, in minor units.',
      gross: 'What is to be paid, in minor units.',
      createdAt: 'When the order first arrived.',
      decidedAt: 'When it was approved, rejected or cancelled.',
      decidedBy: 'Who did it.',
      reason: 'Why it was rejected.',
      issuedOn: 'The invoice’s date, where the business is. Null before the approval, and never changed after it.',
      dueOn: 'The day by which it is to be paid. Null before the approval, and never changed after it.',
      seller: 'Who sells, as the invoice says it. Null before the approval, and never changed after it.',
      orderChangedSince:
        'The order says something else now than what was approved: a credit note corrects the invoice.',
      orderDeleted: 'The order was deleted.',
      mismatched:
        'An approved one that is to be credited: what is left of it, its credit notes taken off, is not what its order says.',
      orderOrphaned: 'Ordering has the order no longer; the invoice is not to be approved.',
      orderQuarantined: 'The order’s newest record cannot be read; the invoice is not to be approved.',
      creditNotes: 'What corrects it, the oldest first.',
      replaces: 'The invoice that it replaces.',
      replacedBy: 'The invoice that replaces it.',
    },
  },
  Seller: {
    schema: seller,
    description: 'Who sells, as a document says it.',
    fields: {
      name: 'The name.',
      address: 'The lines of the address, in order.',
      vatId: 'The VAT identification number.',
      bank: 'The account to pay to.',
    },
  },
  CreditReference: {
    schema: creditReference,
    description: 'A credit note, as its invoice names it.',
    fields: {
      id: 'The credit note’s id.',
      creditNoteNumber: 'Given when it was issued, by year, without gaps.',
      gross: 'What it takes off the invoice, in minor units.',
      linePositions: 'The lines that it credits, by where they stand in the invoice, from 0 on.',
      chargePositions: 'The charges that it credits, by where they stand in the invoice, from 0 on.',
    },
  },
  CreditNote: {
    schema: creditNote,
    description: 'A credit note. Its amounts are positive, to be taken off the invoice.',
    fields: {
      id: 'The credit note’s id.',
      creditNoteNumber: 'Given when it was issued, by year, without gaps.',
      invoiceId: 'The invoice that it corrects.',
      invoiceNumber: 'That invoice’s number.',
      orderNumber: 'That invoice’s order.',
      currency: FIELDS.order.currency,
      customer: 'Who it is for.',
      lines: 'The credited lines, whole.',
      charges: 'The credited charges, whole.',
      linePositions: 'Where these lines stand in the invoice, from 0 on.',
      chargePositions: 'Where these charges stand in the invoice, from 0 on.',
      taxes: 'The tax by rate, the lowest first. All credit notes of an invoice together take off just its tax.',
      net: 'Before tax, in minor units.',
      tax: 'The tax of all rates, in minor units.',
      gross: 'What it takes off the invoice, in minor units.',
      taxExemptionReason: FIELDS.order.taxExemptionReason,
      reason: 'Why it was issued.',
      createdAt: 'When it was issued.',
      createdBy: 'Who issued it.',
      replacementId: 'The invoice that was issued in place of the credited one.',
      issuedOn: 'The credit note’s date, where the business is. It never changes.',
      seller: 'Who sells, as the credit note says it. It never changes.',
    },
  },
  CreditNoteList: {
    schema: creditNoteList,
    description: 'Credit notes, the newest first.',
    fields: { creditNotes: 'As asked for.', next: 'Send it as `after` to go on; null at the end.' },
  },
  InvoiceList: {
    schema: invoiceList,
    description: 'Invoices, the highest id first.',
    fields: { invoices: 'As asked for.', next: 'Send it as `after` to go on; null at the end.' },
  },
  RunResult: {
    schema: runResult,
    description: 'What a run of the pull did.',
    fields: { ...RUN, outcome: 'skipped: another run was going on. failed: the token stays at the last whole page.' },
  },
  PullRun: {
    schema: pullRun,
    description: 'A run of the pull, as it is kept.',
    fields: {
      ...RUN,
      runBy: 'Who asked for it, or cron.',
      startedAt: 'When it began.',
      finishedAt: 'When it ended; null while it goes on.',
      outcome: 'running, or how it ended.',
    },
  },
  Quarantined: {
    schema: quarantined,
    description: 'A record that cannot be read.',
    fields: {
      subject: 'What it is known by.',
      number: 'Its order’s number; null where it cannot be read.',
      error: 'What is wrong with it.',
      attempts: 'How often it was tried.',
      firstSeenAt: 'When it was first met.',
      nextTryAt: 'When it is tried again.',
    },
  },
  SyncReport: {
    schema: syncReport,
    description: 'Where billing stands against ordering.',
    fields: {
      token: 'The continuation token: up to where the feed was read; null before the first page.',
      lastRun: 'The run that goes on, or else the one that ended last.',
      lastSuccessAt: 'When a run last succeeded.',
      lagSeconds: 'Its age in seconds; null also where a clock that was ahead has dated it.',
      agreedUpTo: 'Up to this number in the feed both sides were compared, and agree.',
      agreedAt: 'When they were.',
      repair: 'Ordering was restored: owed until the next pull begins the repair, reading while it goes on.',
      orphaned: 'Orders that ordering has no longer; 200 at most are named.',
      quarantined: 'Records that cannot be read; 200 at most are named.',
      runs: 'The latest runs, the newest first.',
      waiting: 'Orders that wait for their number in the feed, at most 201; null while ordering does not answer.',
      oldestWaitingAt: 'Since when the oldest of them waits.',
      behind:
        'Changes that billing has still to read: those that wait and at most 201 others; null while that cannot be told.',
      health: 'What somebody should look at; empty while billing is well.',
    },
  },
  ResetOutcome: { schema: resetOutcome, description: 'What a reset will do, or has done.', fields: {} },
  Comparison: {
    schema: comparison,
    description: 'What a comparison of both sides’ orders found and did.',
    fields: {
      compared: 'So many orders were compared.',
      differing: 'Those that differed when both sides had been read twice.',
      corrected: 'So many of them say now what ordering says.',
      agreedUpTo: 'Up to this number in the feed both sides agree.',
      agreedAt: 'When that was found.',
    },
  },
  RestoreOutcome: {
    schema: restoreAnswer,
    description: 'What became of the orphans that ordering was asked to restore.',
    fields: {
      preview: 'Whether it was only asked.',
      restored: 'The orders that ordering has again.',
      refused: REFUSED,
    },
  },
  RetryOutcome: {
    schema: retryOutcome,
    description: 'What came of trying a quarantined record again.',
    fields: {
      subject: 'What was tried.',
      attempt: 'released: it is stored. unfit: it still cannot be read. gone: ordering no longer has it.',
    },
  },
  Trace: {
    schema: trace,
    description: 'An order’s way through both apps.',
    fields: {
      number: 'The order’s number.',
      place: 'Where it is now.',
      headline: 'The same in a sentence or two for people.',
      changedSince: 'Whether something has happened to the order since that its place does not say.',
      steps: 'What happened, the oldest first.',
      stuck: 'Where it does not go on, and why; null if nothing is known to hold it up.',
      notKnown: 'What cannot be said now, and why; null where both apps answered.',
    },
  },
  FoundOrder: {
    schema: foundOrder,
    description: 'An order that a question may mean.',
    fields: {
      number: 'The order’s number.',
      externalId: 'The id in the system that it was imported from.',
      customer: 'The customer’s name; null where billing has no record that says it.',
      state: 'Its invoice’s state, or why it has none. InOrdering: billing does not have the order yet.',
      invoiceNumber: 'Its newest invoice’s number; null before the approval.',
    },
  },
  OrderSearch: {
    schema: orderSearch,
    description: 'What was found.',
    fields: {
      orders: 'The orders that may be meant, at most 20.',
      more: 'Whether there are more.',
      trace: 'The order’s way, where only one can be meant; else null.',
      notKnown: 'What cannot be said now, and why; null where nothing is missing.',
    },
  },
}
