import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { isFlag, isJson, isOne, isPositive } from '../../shared/db/column-checks.ts'

// The tables as all migrations together make them, which `npm run migration` compares: it writes what a change here
// requires. What drizzle does not say is in the migrations alone: triggers, WITHOUT ROWID, views.

export const feed = sqliteTable('feed', {
  id: integer().primaryKey(),
  epoch: text().notNull(),
  highest: integer().notNull().default(0),
  lastConfirmedAt: text('last_confirmed_at').notNull().default(''),
  lastNumber: integer('last_number').notNull().default(0),
  numbering: integer().notNull().default(0),
})

export const orders = sqliteTable(
  'orders',
  {
    number: integer().primaryKey(),
    state: text({ enum: ['Draft', 'Confirmed', 'Deleted'] })
      .notNull()
      .default('Draft'),
    revision: integer().notNull().default(0),
    confirmedSequenceNr: integer('confirmed_sequence_nr').notNull().default(-1),
    fingerprint: integer()
      .notNull()
      .default(sql`(random() & 1099511627775)`),
    externalId: text('external_id').unique(),
    placedAt: text('placed_at').notNull(),
    confirmedAt: text('confirmed_at'),
    confirmedBy: text('confirmed_by'),
    updatedAt: text('updated_at').notNull(),
    updatedBy: text('updated_by').notNull(),
    currency: text().notNull(),
    customer: text().notNull(),
    lines: text().notNull().default('[]'),
    charges: text().notNull().default('[]'),
    suppliedOn: text('supplied_on'),
    taxExemptionReason: text('tax_exemption_reason'),
    note: text(),
    customerNameFolded: text('customer_name_folded').notNull(),
    externalIdFolded: text('external_id_folded'),
    customerSortKey: text('customer_sort_key').notNull().default(''),
    foldStale: integer('fold_stale').notNull().default(1),
    importedLine: text('imported_line'),
    importedContent: text('imported_content'),
    enteredBy: text('entered_by'),
  },
  (table) => [
    isPositive(table.number),
    isJson(table.customer),
    isJson(table.lines),
    isJson(table.charges),
    isFlag(table.foldStale),
    index('orders_feed').on(table.confirmedSequenceNr, table.confirmedAt),
    index('orders_drafts')
      .on(table.number)
      .where(sql`${table.state} = 'Draft'`),
    index('orders_confirmed')
      .on(table.number)
      .where(sql`${table.state} = 'Confirmed'`),
    index('orders_currency').on(table.currency),
    index('orders_placed').on(table.placedAt),
    index('orders_customer_sorted').on(table.customerSortKey),
    index('orders_fold_stale')
      .on(table.number)
      .where(sql`${table.foldStale} = 1`),
    index('orders_customer_id').on(sql`${table.customer} ->> 'id'`),
  ],
)

/** What a search finds orders by. */
export const orderTerms = sqliteTable(
  'order_terms',
  {
    term: text().notNull(),
    orderNumber: integer('order_number').notNull(),
  },
  (table) => [primaryKey({ columns: [table.term, table.orderNumber] })],
)

/** How many orders are in each state. */
export const orderCounts = sqliteTable('order_counts', {
  state: text().$type<'Draft' | 'Confirmed' | 'Deleted'>().primaryKey(),
  orders: integer().notNull(),
})

export const orderRanges = sqliteTable('order_ranges', {
  range: integer().primaryKey(),
  orders: integer().notNull(),
  fingerprints: integer().notNull(),
})

export const idempotencyKeys = sqliteTable(
  'idempotency_keys',
  {
    createdBy: text('created_by').notNull(),
    key: text().notNull(),
    bodyDigest: text('body_digest').notNull(),
    orderNumber: integer('order_number').notNull(),
    createdAt: text('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.createdBy, table.key] }), index('idempotency_keys_age').on(table.createdAt)],
)

export const customers = sqliteTable(
  'customers',
  {
    id: text().primaryKey(),
    record: text().notNull(),
    folded: text().notNull(),
    sortKey: text('sort_key').notNull().default(''),
    foldStale: integer('fold_stale').notNull().default(1),
  },
  (table) => [
    isJson(table.record),
    isFlag(table.foldStale),
    index('customers_sorted').on(table.sortKey),
    index('customers_fold_stale')
      .on(table.id)
      .where(sql`${table.foldStale} = 1`),
  ],
)

export const products = sqliteTable(
  'products',
  {
    sku: text().primaryKey(),
    record: text().notNull(),
    folded: text().notNull(),
    sortKey: text('sort_key').notNull().default(''),
    foldStale: integer('fold_stale').notNull().default(1),
  },
  (table) => [
    isJson(table.record),
    isFlag(table.foldStale),
    index('products_sorted').on(table.sortKey),
    index('products_fold_stale')
      .on(table.sku)
      .where(sql`${table.foldStale} = 1`),
  ],
)

export const digestKey = sqliteTable('digest_key', { id: integer().primaryKey(), key: text().notNull() }, (table) => [
  isOne(table.id),
])

/** The customers who were erased, by the keyed digest of their id. */
export const erasedCustomers = sqliteTable('erased_customers', {
  digest: text().primaryKey(),
  erasedAt: text('erased_at').notNull(),
})

/** Whom an order named before it went to another customer; kept by a trigger. */
export const formerCustomers = sqliteTable(
  'former_customers',
  {
    customerId: text('customer_id').notNull(),
    orderNumber: integer('order_number').notNull(),
  },
  (table) => [primaryKey({ columns: [table.customerId, table.orderNumber] })],
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
    salt: text(),
  },
  (table) => [
    isJson(table.before),
    isJson(table.after),
    index('audit_order').on(table.orderNumber),
    index('audit_confirming')
      .on(table.orderNumber)
      .where(sql`${table.after} ->> '/state' = 'Confirmed'`),
  ],
)

/** The records of the catalogue that an entry of the audit names. */
export const auditedRecords = sqliteTable(
  'audited_records',
  {
    auditNr: integer('audit_nr').notNull(),
    place: integer().notNull(),
    catalogue: text({ enum: ['customers', 'products'] }).notNull(),
    recordId: text('record_id'),
    fields: text(),
  },
  (table) => [
    primaryKey({ columns: [table.auditNr, table.place] }),
    isJson(table.fields),
    index('audited_records_customer')
      .on(table.recordId)
      .where(sql`${table.catalogue} = 'customers'`),
  ],
)

export const billingNotices = sqliteTable(
  'billing_notices',
  {
    subject: text().primaryKey(),
    version: integer().notNull(),
    orderNumber: integer('order_number').notNull(),
    notice: text().notNull(),
    receivedAt: text('received_at').notNull(),
  },
  (table) => [
    isJson(table.notice),
    index('billing_notices_order').on(table.orderNumber),
    index('billing_notices_rejected')
      .on(table.orderNumber)
      .where(sql`${table.notice} ->> 'kind' = 'rejected'`),
  ],
)
