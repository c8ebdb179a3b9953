import { is } from 'drizzle-orm'
import { getTableConfig, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { beforeAll, describe, expect, it } from 'vitest'
import * as billingSchema from '../../../workers/billing/schema.ts'
import * as orderingSchema from '../../../workers/ordering/schema.ts'
import type { RunningWorker } from '../../../shared/simulator/running-worker.ts'
import { anOrder, placeOrder } from '../../support/orders.ts'
import { startTogether, type Together } from '../../support/together.ts'

let together: Together
beforeAll(async () => {
  together = await startTogether()
})

const SCHEMAS = { ordering: orderingSchema, billing: billingSchema }

describe.each(['ordering', 'billing'] as const)('the schema of %s', (app) => {
  it('is that of the migrated tables', async () => {
    const tables = Object.values(SCHEMAS[app]).filter((table) => is(table, SQLiteTable))
    expect(tables.flatMap(describeDeclared).sort()).toEqual((await readMigrated(together[app])).sort())
  })
})

/** The triggers after the last migration. A rebuilt table loses its own silently: this list is what they are held to. */
const TRIGGERS = {
  ordering: [
    'audit_is_kept',
    'audit_is_not_replaced',
    'audit_is_within_bounds',
    'audit_never_changes',
    'audited_records_are_kept',
    'audited_records_are_not_replaced',
    'audited_records_never_change',
    'billing_notices_are_within_bounds',
    'billing_notices_stay_within_bounds',
    'customers_go_stale',
    'digest_key_is_kept',
    'erased_customers_are_kept',
    'feed_is_kept',
    'feed_never_falls',
    'feed_stays_within_bounds',
    'order_counts_follow_a_state',
    'order_counts_gain_an_order',
    'order_ranges_follow_a_fingerprint',
    'order_ranges_gain_an_inserted_order',
    'order_ranges_gain_the_order',
    'order_ranges_lose_the_order',
    'order_terms_follow_an_order',
    'order_terms_gain_an_order',
    'orders_are_kept',
    'orders_are_not_replaced',
    'orders_are_numbered_by_the_feed',
    'orders_are_revised',
    'orders_are_within_bounds',
    'orders_do_not_share_external_id',
    'orders_go_stale',
    'orders_keep_their_number',
    'orders_remember_their_customer',
    'orders_start_at_their_first_revision',
    'orders_stay_confirmed',
    'orders_stay_within_bounds',
    'products_go_stale',
  ],
  billing: [
    'audit_is_kept',
    'audit_is_not_replaced',
    'audit_is_within_bounds',
    'audit_never_changes',
    'credit_note_terms_follow_a_text',
    'credit_note_terms_gain_a_credit_note',
    'credit_notes_are_frozen',
    'credit_notes_are_kept',
    'credit_notes_are_not_replaced',
    'decisions_are_audited',
    'decisions_are_kept',
    'decisions_are_not_replaced',
    'decisions_have_no_gaps',
    'decisions_keep_their_digest',
    'decisions_never_change',
    'epochs_are_within_bounds',
    'erasure_is_kept',
    'invoice_series_are_kept',
    'invoice_series_are_within_bounds',
    'invoice_series_never_fall',
    'invoice_series_stay_within_bounds',
    'invoice_terms_follow_a_text',
    'invoice_terms_follow_an_amount',
    'invoice_terms_gain_a_number',
    'invoices_are_frozen',
    'invoices_are_kept',
    'invoices_are_not_replaced',
    'invoices_are_searched',
    'invoices_are_searched_as_their_order',
    'invoices_are_searched_with_their_order',
    'invoices_do_not_share_numbers',
    'invoices_have_ids_of_their_orders',
    'invoices_keep_their_order',
    'mismatches_follow_a_credit_note',
    'mismatches_follow_an_order',
    'mismatches_gain_an_approval',
    'mismatches_gain_an_order',
    'order_pull_is_kept',
    'order_ranges_follow_a_copy',
    'order_ranges_gain_a_copy',
    'orders_are_kept',
    'orders_are_not_replaced',
    'orders_are_voided',
    'orders_are_within_bounds',
    'orders_keep_their_number',
    'orders_stay_within_bounds',
    'outbox_is_within_bounds',
    'outbox_stays_within_bounds',
    'queue_sums_follow_a_state',
    'queue_sums_follow_an_order',
    'queue_sums_gain_an_invoice',
    'queue_sums_gain_an_order',
    'unreplayed_are_counted',
    'unreplayed_are_counted_off',
    'worklist_follows_a_mismatch',
    'worklist_gains_a_mismatch',
    'worklist_is_kept',
    'worklist_loses_a_mismatch',
  ],
}

describe('the view order_lines', () => {
  it('has a row for each line of an order, in its sequence, for whoever reports by SQL', async () => {
    const { ordering } = together
    const rye = { sku: 'RYE-1', description: 'Rye, 1 kg', quantity: 0.125, unitPrice: 199, taxPercent: 7 }
    const { number } = await placeOrder(ordering, anOrder({ lines: [rye, { ...rye, discountPercent: 12.25 }] }))
    const row = { order_number: number, sku: 'RYE-1', description: 'Rye, 1 kg', quantity: 0.125, unit_price: 199 }
    expect(await ordering.sql('SELECT * FROM order_lines WHERE order_number = ?', number)).toEqual([
      { ...row, position: 0, discount_percent: 0, tax_percent: 7 },
      { ...row, position: 1, discount_percent: 12.25, tax_percent: 7 },
    ])
  })
})

describe.each(['ordering', 'billing'] as const)('the database of %s', (app) => {
  it('fires no trigger by what a trigger or REPLACE does: the guards are written for that', async () => {
    expect(await together[app].sql('PRAGMA recursive_triggers')).toEqual([{ recursive_triggers: 0 }])
  })
})

describe('the table of aborts', () => {
  it.each(['token_moved', 'epoch_not_current', 'not_as_compared', 'run_lost', 'trial_ended'])(
    'refuses %s by a constraint of that name',
    async (why) => {
      const written = together.billing.sql('INSERT INTO aborts (why) VALUES (?)', why)
      await expect(written).rejects.toThrow(`CHECK constraint failed: aborted_${why}`)
    },
  )

  it('takes no other row either', async () => {
    const written = together.billing.sql(`INSERT INTO aborts (why) VALUES ('mistyped')`)
    await expect(written).rejects.toThrow('CHECK constraint failed: aborted_for_no_reason')
  })
})

describe.each(['ordering', 'billing'] as const)('the triggers of %s', (app) => {
  it('are all there after the last migration', async () => {
    const triggers = await together[app].sql(`SELECT name FROM sqlite_schema WHERE type = 'trigger' ORDER BY name`)
    expect(triggers.map(({ name }) => name)).toEqual(TRIGGERS[app])
  })

  it('are written so that a deployment takes them: upper case, no bare CASE, no carriage return', async () => {
    const triggers = await together[app].sql<{ name: string; sql: string }>(
      `SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'`,
    )
    const refused = triggers.filter(({ sql }) => /\bbegin\b|\bend\b|\r/.test(sql) || /(?<!\()\bCASE\b/.test(sql))
    expect(refused.map(({ name }) => name)).toEqual([])
  })
})

/** What schema.ts declares of a table, a line each: its columns, what is unique, and the indexes of its own. */
function describeDeclared(table: SQLiteTable): string[] {
  const { name, columns, indexes, primaryKeys, uniqueConstraints } = getTableConfig(table)
  const keys = new Set(primaryKeys.flatMap((key) => key.columns.map((column) => column.name)))
  return [
    ...columns.map((column) => {
      const key = column.primary || keys.has(column.name)
      return describeColumn(name, column.name, column.getSQLType().toUpperCase(), column.notNull, key)
    }),
    ...columns.filter(({ isUnique }) => isUnique).map((column) => `${name} unique ${column.name}`),
    ...uniqueConstraints.map((unique) => `${name} unique ${unique.columns.map((column) => column.name).join(', ')}`),
    ...indexes.map(({ config }) => `${name} index ${config.name}`),
  ]
}

/** The same of every table that the migrations have made. */
async function readMigrated(worker: RunningWorker): Promise<string[]> {
  const own = `FROM sqlite_schema t WHERE t.type = 'table' AND t.name NOT GLOB 'sqlite_*' AND t.name NOT GLOB '_cf_*'
    AND t.name <> 'd1_migrations'`
  const columns = await worker.sql<{ in: string; name: string; type: string; notNull: number; key: number }>(
    `SELECT t.name AS "in", c.name, c.type, c."notnull" AS "notNull", c.pk > 0 AS "key"
    ${own.replace('sqlite_schema t', 'sqlite_schema t, pragma_table_info(t.name) c')}`,
  )
  const indexes = await worker.sql<{ in: string; name: string; origin: string; columns: string }>(
    `SELECT t.name AS "in", l.name, l.origin, group_concat(i.name, ', ' ORDER BY i.seqno) AS "columns"
    ${own.replace('sqlite_schema t', 'sqlite_schema t, pragma_index_list(t.name) l, pragma_index_info(l.name) i')}
    GROUP BY t.name, l.name`,
  )
  return [
    ...columns.map((column) =>
      describeColumn(column.in, column.name, column.type, column.notNull === 1, column.key === 1),
    ),
    ...indexes.flatMap((index) => {
      if (index.origin === 'u') return [`${index.in} unique ${index.columns}`]
      return index.origin === 'c' ? [`${index.in} index ${index.name}`] : []
    }),
  ]
}

// A key of integers is never null in SQLite although its column does not say so.
function describeColumn(table: string, name: string, type: string, notNull: boolean, key: boolean): string {
  return `${table}.${name} ${type}${notNull || key ? ' NOT NULL' : ''}${key ? ' PRIMARY KEY' : ''}`
}
