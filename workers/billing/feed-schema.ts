import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { namedTables, copyColumns, pullColumns } from '../../shared/handover/consumer/tables.ts'

// The tables of schema.ts that the hand-over's statements are made from: what the Worker sends holds these alone.

const reading = namedTables(
  {
    pull: 'order_pull',
    epochs: 'epochs',
    runs: 'pull_runs',
    copies: 'orders',
    ranges: 'order_ranges',
    quarantine: 'quarantine',
    repairs: 'repairs',
    outbox: 'outbox',
    resets: 'resets',
    aborts: 'aborts',
  },
  { key: 'number', reference: 'order_number', count: 'orders' },
)
export const { epochs, runs: pullRuns, ranges: orderRanges, quarantine, repairs, outbox, resets, aborts } = reading

export const orderPull = sqliteTable('order_pull', { ...pullColumns(), unreplayed: integer().notNull().default(0) })

export const orders = sqliteTable(
  'orders',
  { ...copyColumns('number'), searched: text().notNull().default('') },
  (table) => [
    index('orders_orphaned')
      .on(table.key)
      .where(sql`${table.orphaned} = 1`),
    index('orders_external_id').on(sql`substr(${table.searched}, instr(${table.searched}, char(10)) + 1)`),
    index('orders_customer_id').on(sql`${table.record} ->> '$.customer.id'`),
  ],
)

/** What billing reads the feed of orders into. */
export const ORDER_TABLES = { ...reading, pull: orderPull, copies: orders }
