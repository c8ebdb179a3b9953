import { sql } from 'drizzle-orm'
import { check, index, integer, primaryKey, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core'
import { isFlag, isJson, isOne, isPositive } from '../../shared/db/column-checks.ts'

// The tables as all migrations together make them, which `npm run migration` compares: it writes what a change here
// requires. What drizzle does not say is in the migrations alone: triggers, WITHOUT ROWID, views.

export {
  aborts,
  epochs,
  orderPull,
  orderRanges,
  orders,
  outbox,
  pullRuns,
  quarantine,
  repairs,
  resets,
} from './feed-schema.ts'

/** Invoices waiting for approval, by currency. */
export const queueSums = sqliteTable('queue_sums', {
  currency: text().primaryKey(),
  invoices: integer().notNull(),
  gross: integer().notNull(),
})

export const invoices = sqliteTable(
  'invoices',
  {
    id: integer().primaryKey(),
    orderNumber: integer('order_number').notNull(),
    replaces: integer().notNull().default(0),
    state: text({ enum: ['ToApprove', 'Approved', 'Rejected', 'Cancelled'] })
      .notNull()
      .default('ToApprove'),
    createdAt: text('created_at').notNull(),
    invoiceNumber: text('invoice_number').unique(),
    document: text(),
    orderRevision: integer('order_revision'),
    orderFingerprint: integer('order_fingerprint'),
    decidedAt: text('decided_at'),
    decidedBy: text('decided_by'),
    reason: text(),
    decision: integer(),
    issuedOn: text('issued_on'),
    dueOn: text('due_on'),
    seller: text(),
    searched: text().notNull().default(''),
    currency: text(),
    gross: integer(),
  },
  (table) => [
    unique().on(table.orderNumber, table.replaces),
    isPositive(table.id),
    isJson(table.document),
    isJson(table.seller),
    check('approved_has_number', sql`(${table.state} = 'Approved') = (${table.invoiceNumber} IS NOT NULL)`),
    check(
      'approved_has_decision',
      sql`${table.state} <> 'Approved' OR (${table.document} IS NOT NULL AND ${table.decidedAt} IS NOT NULL AND ${table.decision} IS NOT NULL)`,
    ),
    index('invoices_state').on(table.state, table.id),
    index('invoices_issued')
      .on(table.issuedOn, table.invoiceNumber)
      .where(sql`${table.issuedOn} IS NOT NULL`),
  ],
)

export const invoiceSeries = sqliteTable('invoice_series', {
  series: text().primaryKey(),
  highest: integer().notNull(),
})

export const decisions = sqliteTable(
  'decisions',
  {
    nr: integer().primaryKey(),
    decisionId: text('decision_id').notNull(),
    kind: text({ enum: ['approved', 'rejected', 'credited'] }).notNull(),
    invoiceId: integer('invoice_id').notNull(),
    orderNumber: integer('order_number').notNull(),
    issuedNumber: text('issued_number'),
    document: text().notNull(),
    orderRevision: integer('order_revision').notNull(),
    orderFingerprint: integer('order_fingerprint').notNull(),
    invoiceCreatedAt: text('invoice_created_at').notNull(),
    decidedAt: text('decided_at').notNull(),
    decidedBy: text('decided_by').notNull(),
    reason: text(),
    replacementId: integer('replacement_id'),
    witnessed: integer().notNull().default(0),
    issuedOn: text('issued_on'),
    dueOn: text('due_on'),
    timeZone: text('time_zone'),
    seller: text(),
    contentDigest: text('content_digest'),
  },
  (table) => [
    isFlag(table.witnessed),
    isJson(table.seller),
    index('decisions_order').on(table.orderNumber),
    index('decisions_unwitnessed')
      .on(table.orderNumber)
      .where(sql`${table.witnessed} = 0`),
  ],
)

export const creditNotes = sqliteTable(
  'credit_notes',
  {
    id: integer().primaryKey(),
    invoiceId: integer('invoice_id').notNull(),
    creditNoteNumber: text('credit_note_number').notNull().unique(),
    document: text().notNull(),
    createdAt: text('created_at').notNull(),
    createdBy: text('created_by').notNull(),
    reason: text().notNull(),
    replacementId: integer('replacement_id'),
    issuedOn: text('issued_on'),
    seller: text(),
    searched: text().notNull().default(''),
  },
  (table) => [
    isJson(table.document),
    isJson(table.seller),
    index('credit_notes_invoice').on(table.invoiceId),
    index('credit_notes_issued').on(table.issuedOn, table.creditNoteNumber),
  ],
)

/** How many of them have something left that their orders do not say; one row, kept by triggers. */
export const worklist = sqliteTable(
  'worklist',
  {
    id: integer().primaryKey(),
    mismatched: integer().notNull(),
  },
  (table) => [isOne(table.id)],
)

/** The approved invoices whose orders were changed or deleted since; kept by triggers. */
export const mismatches = sqliteTable(
  'mismatches',
  {
    invoiceId: integer('invoice_id').primaryKey(),
    changed: integer().notNull(),
    open: integer().notNull(),
  },
  (table) => [
    isFlag(table.changed),
    isFlag(table.open),
    index('mismatches_open')
      .on(table.invoiceId)
      .where(sql`${table.open} = 1`),
  ],
)

/** What leads to invoices, and to credit notes, that are searched; kept by triggers. */
export const invoiceTerms = sqliteTable(
  'invoice_terms',
  { term: text().notNull(), invoiceId: integer('invoice_id').notNull() },
  (table) => [primaryKey({ columns: [table.term, table.invoiceId] })],
)

export const creditNoteTerms = sqliteTable(
  'credit_note_terms',
  { term: text().notNull(), creditNoteId: integer('credit_note_id').notNull() },
  (table) => [primaryKey({ columns: [table.term, table.creditNoteId] })],
)

/** Decisions of the ledger that could not be replayed. */
export const unreplayed = sqliteTable(
  'unreplayed',
  {
    nr: integer().primaryKey(),
    invoiceId: integer('invoice_id').notNull(),
    error: text().notNull(),
    since: text().notNull(),
  },
  (table) => [index('unreplayed_invoice').on(table.invoiceId)],
)

export const audit = sqliteTable(
  'audit',
  {
    nr: integer().primaryKey(),
    at: text().notNull(),
    by: text().notNull(),
    act: text().notNull(),
    orderNumber: integer('order_number'),
    revision: integer(),
    requestId: text('request_id').notNull(),
    before: text(),
    after: text(),
  },
  (table) => [isJson(table.before), isJson(table.after), index('audit_order').on(table.orderNumber)],
)

export const erasure = sqliteTable(
  'erasure',
  {
    id: integer().primaryKey(),
    running: integer().notNull().default(0),
  },
  (table) => [isOne(table.id), isFlag(table.running)],
)
