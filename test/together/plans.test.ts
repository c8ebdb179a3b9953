import { beforeAll, expect, it } from 'vitest'
import type { RecordedStatement } from '../../shared/simulator/control.ts'
import { startTogether, type Together } from '../support/together.ts'
import { pullToEnd } from './both-sides.ts'
import { insertManyBySql } from './sql-orders.ts'

// How SQLite goes through the tables for the statements that are sent most, or that read most. What is explained is what
// the apps have sent, with its values. Neither gathers statistics, so that no plan depends on what is stored.

/** How what is shown beside each invoice is found. */
const INVOICE_FACTS = [
  'SEARCH o USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN',
  'CORRELATED SCALAR SUBQUERY',
  '  SEARCH mismatches USING INTEGER PRIMARY KEY (rowid=?)',
  'CORRELATED SCALAR SUBQUERY',
  '  SEARCH quarantine USING INDEX quarantine_number (number=?)',
  'CORRELATED SCALAR SUBQUERY',
  '  SEARCH invoices USING COVERING INDEX sqlite_autoindex_invoices_2 (order_number=? AND replaces=?)',
  'CORRELATED SCALAR SUBQUERY',
  '  SEARCH credit_notes USING INDEX credit_notes_invoice (invoice_id=?)',
  'CORRELATED SCALAR SUBQUERY',
  '  SEARCH decisions USING COVERING INDEX decisions_unwitnessed (order_number=?)',
  'CORRELATED SCALAR SUBQUERY',
  '  SEARCH invoices USING INTEGER PRIMARY KEY (rowid=?)',
]

type App = 'ordering' | 'billing'
/** A statement that was sent, and each line of its plan, indented under what it is part of. */
type Explained = RecordedStatement & { app: App; plan: string[] }

const ACTS = {
  'an idle pull': ({ pull }) => pull(),
  'a pull of 60 changed orders and 20 new ones': async (together) => {
    await together.ordering.sql(`UPDATE orders SET note = 'Changed' WHERE number <= 60`)
    await insertManyBySql(together.ordering, { from: 301, to: 320 })
    await together.pull()
  },
  'the list of orders': ({ ordering }) => ordering.fetch('/orders'),
  'the second page of the list by customer': ({ ordering }) => ordering.fetch('/orders?sort=customer&after=100'),
  'a search': ({ ordering }) => ordering.fetch('/orders?q=korn'),
  'the queue': ({ billing }) => billing.fetch('/invoices'),
  'a deep link': ({ billing }) => billing.fetch('/link/new_order/1'),
  'a comparison that finds one order different': async ({ billing }) => {
    await billing.sql(`UPDATE orders SET record = '{"note":"tampered"}' WHERE number = 7`)
    await billing.send('POST', '/api/sync/compare')
  },
} satisfies Record<string, (together: Together) => Promise<unknown>>
type Act = keyof typeof ACTS

const sent = new Map<Act, Explained[]>()

beforeAll(async () => {
  const together = await startTogether()
  await insertManyBySql(together.ordering, { from: 1, to: 300, draftEach: 10 })
  await together.runOrderingCron() // What SQL has inserted is found by a search only now.
  await pullToEnd(together)
  for (const [act, run] of Object.entries(ACTS)) sent.set(act as Act, await recordPlans(together, () => run(together)))
}, 60_000)

async function recordPlans(together: Together, act: () => Promise<unknown>): Promise<Explained[]> {
  let inBilling: RecordedStatement[] = []
  const inOrdering = await together.ordering.record(async () => {
    inBilling = await together.billing.record(act)
  })
  const explain = (app: App, statements: RecordedStatement[]): Promise<Explained[]> =>
    Promise.all(statements.map(async (one) => ({ ...one, app, plan: await readPlan(together, app, one) })))
  return [...(await explain('ordering', inOrdering)), ...(await explain('billing', inBilling))]
}

async function readPlan(together: Together, app: App, { query, values }: RecordedStatement): Promise<string[]> {
  const steps = await together[app].sql<{ id: number; parent: number; detail: string }>(
    `EXPLAIN QUERY PLAN ${query}`,
    ...values,
  )
  const depths = new Map([[0, -1]])
  return steps.map(({ id, parent, detail }) => {
    const depth = (depths.get(parent) ?? -1) + 1
    depths.set(id, depth)
    // SQLite counts its subqueries; which of them it is says nothing.
    return '  '.repeat(depth) + detail.replace(/(?<=subquery)-\d+|(?<=SUBQUERY) \d+|\d+(?=-ROW)/g, '')
  })
}

/** A statement by a text in it, which the act sends first of those that have it. */
type Case = { title: string; act: Act; app: App; text: string; rows: number; plan: string[] }

const CASES: Case[] = [
  {
    title: 'an idle pull finds nothing new by the ends of one index',
    act: 'an idle pull',
    app: 'ordering',
    text: 'FROM feed',
    rows: 3,
    plan: [
      'SCAN feed',
      'SCALAR SUBQUERY',
      '  SEARCH orders USING COVERING INDEX orders_feed',
      'SCALAR SUBQUERY',
      '  SEARCH orders USING COVERING INDEX orders_feed (confirmed_sequence_nr=? AND confirmed_at>?)',
    ],
  },
  {
    title: 'the feed numbers what waits by four ranges of one index, and sorts no more than a batch',
    act: 'a pull of 60 changed orders and 20 new ones',
    app: 'ordering',
    text: 'SET confirmed_sequence_nr',
    rows: 749,
    plan: [
      'MATERIALIZE waiting',
      '  CO-ROUTINE (subquery)',
      '    MERGE (UNION ALL)',
      '      LEFT',
      '        MERGE (UNION ALL)',
      '          LEFT',
      '            CO-ROUTINE (subquery)',
      '              SEARCH orders USING COVERING INDEX orders_feed (confirmed_sequence_nr=? AND confirmed_at=? AND rowid>?)',
      '            SCAN (subquery)',
      '            USE TEMP B-TREE FOR ORDER BY',
      '          RIGHT',
      '            CO-ROUTINE (subquery)',
      '              SEARCH orders USING COVERING INDEX orders_feed (confirmed_sequence_nr=? AND confirmed_at>?)',
      '            SCAN (subquery)',
      '            USE TEMP B-TREE FOR ORDER BY',
      '      RIGHT',
      '        MERGE (UNION ALL)',
      '          LEFT',
      '            CO-ROUTINE (subquery)',
      '              SEARCH orders USING COVERING INDEX orders_feed (confirmed_sequence_nr=? AND confirmed_at<?)',
      '            SCAN (subquery)',
      '            USE TEMP B-TREE FOR ORDER BY',
      '          RIGHT',
      '            CO-ROUTINE (subquery)',
      '              SEARCH orders USING COVERING INDEX orders_feed (confirmed_sequence_nr=? AND confirmed_at=? AND rowid<?)',
      '            SCAN (subquery)',
      '            USE TEMP B-TREE FOR ORDER BY',
      '  SCAN (subquery)',
      '  SCALAR SUBQUERY',
      '    SCAN feed',
      'SCAN feed EXISTS',
      'SCAN waiting',
      'SEARCH orders USING INTEGER PRIMARY KEY (rowid=?)',
    ],
  },
  {
    title: 'the feed finds the highest number at the end of its index',
    act: 'a pull of 60 changed orders and 20 new ones',
    app: 'ordering',
    text: 'SET numbering = 0',
    rows: 6,
    plan: ['MATERIALIZE top', '  SCAN orders USING COVERING INDEX orders_feed', 'SCAN top', 'SCAN feed'],
  },
  {
    title: 'the feed steps from one order to the next, and sorts no more than a batch',
    act: 'a pull of 60 changed orders and 20 new ones',
    app: 'ordering',
    text: 'RECURSIVE batch',
    rows: 371,
    plan: [
      'CO-ROUTINE batch',
      '  SETUP',
      '    CO-ROUTINE (subquery)',
      '      SEARCH o USING INDEX orders_feed (confirmed_sequence_nr>?)',
      '    SCAN (subquery)',
      '  RECURSIVE STEP',
      '    SCAN batch',
      '    SEARCH o USING INTEGER PRIMARY KEY (rowid=?)',
      '    CORRELATED SCALAR SUBQUERY',
      '      SEARCH orders USING COVERING INDEX orders_feed (confirmed_sequence_nr>?)',
      'SCAN batch',
      'SEARCH o USING INTEGER PRIMARY KEY (rowid=?)',
      'USE TEMP B-TREE FOR ORDER BY',
    ],
  },
  {
    title: 'a pull compares what came with its copies by their numbers',
    act: 'a pull of 60 changed orders and 20 new ones',
    app: 'billing',
    text: 'SELECT key, done, repeated',
    rows: 148,
    plan: ['SCAN json_each VIRTUAL TABLE INDEX 1:', 'SEARCH o USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN'],
  },
  {
    title: 'a pull moves its token by what it finds of the copies by their numbers',
    act: 'a pull of 60 changed orders and 20 new ones',
    app: 'billing',
    text: 'SET token',
    rows: 153,
    plan: [
      'MATERIALIZE judged',
      '  SCAN json_each VIRTUAL TABLE INDEX 1:',
      '  SEARCH o USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN',
      'SCAN judged',
      'SEARCH order_pull USING INTEGER PRIMARY KEY (rowid=?)',
    ],
  },
  {
    title: 'a pull replaces copies by their numbers',
    act: 'a pull of 60 changed orders and 20 new ones',
    app: 'billing',
    text: 'UPDATE orders SET revision',
    rows: 648,
    plan: ['SCAN -ROW VALUES CLAUSE', 'SEARCH orders USING INTEGER PRIMARY KEY (rowid=?)'],
  },
  {
    title: 'a pull adds copies that it does not find by their numbers',
    act: 'a pull of 60 changed orders and 20 new ones',
    app: 'billing',
    text: 'INSERT INTO orders',
    rows: 100,
    plan: [
      'SCAN -ROW VALUES CLAUSE',
      'CORRELATED SCALAR SUBQUERY',
      '  SEARCH orders USING INTEGER PRIMARY KEY (rowid=?)',
    ],
  },
  {
    title: 'a pull adds the invoices that it does not find by their orders',
    act: 'a pull of 60 changed orders and 20 new ones',
    app: 'billing',
    text: 'INSERT INTO invoices',
    rows: 1882,
    plan: [
      'SCAN n VIRTUAL TABLE INDEX 1:',
      'SEARCH o USING INTEGER PRIMARY KEY (rowid=?)',
      'CORRELATED SCALAR SUBQUERY',
      '  SEARCH invoices USING COVERING INDEX sqlite_autoindex_invoices_2 (order_number=?)',
    ],
  },
  {
    title: 'a pull finds the invoices that follow by their orders',
    act: 'a pull of 60 changed orders and 20 new ones',
    app: 'billing',
    text: 'UPDATE invoices',
    rows: 296,
    plan: [
      'SCAN n VIRTUAL TABLE INDEX 1:',
      'SEARCH o USING INTEGER PRIMARY KEY (rowid=?)',
      'SEARCH invoices USING INDEX sqlite_autoindex_invoices_2 (order_number=?)',
    ],
  },
  {
    title: 'the list of orders walks down their numbers',
    act: 'the list of orders',
    app: 'ordering',
    text: 'FROM orders o',
    rows: 51,
    plan: [
      'SCAN o',
      'CORRELATED SCALAR SUBQUERY',
      '  CO-ROUTINE (subquery)',
      '    SEARCH n USING INDEX billing_notices_rejected (order_number=?)',
      '  SCAN (subquery)',
    ],
  },
  {
    title: 'the list by customer enters its index behind the last page',
    act: 'the second page of the list by customer',
    app: 'ordering',
    text: 'UNION ALL',
    rows: 52,
    plan: [
      'COMPOUND QUERY',
      '  LEFT-MOST SUBQUERY',
      '    CO-ROUTINE (subquery)',
      '      SEARCH o USING INDEX orders_customer_sorted (customer_sort_key=? AND rowid>?)',
      '      SCALAR SUBQUERY',
      '        SEARCH o USING INTEGER PRIMARY KEY (rowid=?)',
      '      CORRELATED SCALAR SUBQUERY',
      '        CO-ROUTINE (subquery)',
      '          SEARCH n USING INDEX billing_notices_rejected (order_number=?)',
      '        SCAN (subquery)',
      '    SCAN (subquery)',
      '  UNION ALL',
      '    CO-ROUTINE (subquery)',
      '      SEARCH o USING INDEX orders_customer_sorted (customer_sort_key>?)',
      '      SCALAR SUBQUERY',
      '        SEARCH o USING INTEGER PRIMARY KEY (rowid=?)',
      '      CORRELATED SCALAR SUBQUERY',
      '        CO-ROUTINE (subquery)',
      '          SEARCH n USING INDEX billing_notices_rejected (order_number=?)',
      '        SCAN (subquery)',
      '    SCAN (subquery)',
    ],
  },
  {
    title: 'a search looks at a few orders of each term',
    act: 'a search',
    app: 'ordering',
    text: 'AS term',
    rows: 10,
    plan: [
      'SCAN json_each VIRTUAL TABLE INDEX 1:',
      'CORRELATED SCALAR SUBQUERY',
      '  CO-ROUTINE (subquery)',
      '    SEARCH t USING PRIMARY KEY (term=?)',
      '  SCAN (subquery)',
    ],
  },
  {
    title: 'a search leads to orders by its rarest term',
    act: 'a search',
    app: 'ordering',
    text: 'order_terms t CROSS JOIN',
    rows: 102,
    plan: [
      'SEARCH t USING PRIMARY KEY (term=?)',
      'SEARCH o USING INTEGER PRIMARY KEY (rowid=?)',
      'CORRELATED SCALAR SUBQUERY',
      '  CO-ROUTINE (subquery)',
      '    SEARCH n USING INDEX billing_notices_rejected (order_number=?)',
      '  SCAN (subquery)',
    ],
  },
  {
    title: 'the queue is read by its index, and each order by its number',
    act: 'the queue',
    app: 'billing',
    text: 'FROM invoices i',
    rows: 102,
    plan: [
      'SEARCH i USING INDEX invoices_state (state=?)',
      ...INVOICE_FACTS,
      'CORRELATED SCALAR SUBQUERY',
      '  SEARCH invoices USING INTEGER PRIMARY KEY (rowid=?)',
      'CORRELATED SCALAR SUBQUERY',
      '  SEARCH invoices USING INTEGER PRIMARY KEY (rowid=?)',
      'CORRELATED SCALAR SUBQUERY',
      '  SEARCH invoices USING INTEGER PRIMARY KEY (rowid=?)',
      'CORRELATED SCALAR SUBQUERY',
      '  SEARCH invoices USING INTEGER PRIMARY KEY (rowid=?)',
    ],
  },
  {
    title: 'the oldest of the queue is found by the same index',
    act: 'the queue',
    app: 'billing',
    text: 'min(created_at)',
    rows: 20,
    plan: ['CO-ROUTINE (subquery)', '  SEARCH invoices USING INDEX invoices_state (state=?)', 'SEARCH (subquery)'],
  },
  {
    title: 'a deep link finds the order by its number',
    act: 'a deep link',
    app: 'ordering',
    text: 'FROM feed',
    rows: 2,
    plan: ['SCAN feed', 'SEARCH o USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN'],
  },
  {
    title: 'a deep link finds the copy by its number',
    act: 'a deep link',
    app: 'billing',
    text: 'SELECT record, source',
    rows: 1,
    plan: ['SEARCH orders USING INTEGER PRIMARY KEY (rowid=?)'],
  },
  {
    title: 'a deep link finds the invoice by its order',
    act: 'a deep link',
    app: 'billing',
    text: 'FROM invoices i',
    rows: 4,
    plan: [
      'SEARCH i USING INDEX sqlite_autoindex_invoices_2 (order_number=?)',
      ...INVOICE_FACTS,
      'USE TEMP B-TREE FOR ORDER BY',
    ],
  },
  {
    title: 'ordering lists the fingerprints of a range by its numbers',
    act: 'a comparison that finds one order different',
    app: 'ordering',
    text: 'r.value * ?',
    rows: 257,
    plan: [
      'COMPOUND QUERY',
      '  LEFT-MOST SUBQUERY',
      '    SCAN r VIRTUAL TABLE INDEX 1:',
      '    SEARCH o USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)',
      '  UNION ALL',
      '    SCAN n VIRTUAL TABLE INDEX 1:',
      '    SEARCH o USING INTEGER PRIMARY KEY (rowid=?)',
    ],
  },
  {
    title: 'billing lists the fingerprints of a range by its numbers',
    act: 'a comparison that finds one order different',
    app: 'billing',
    text: 'r.value * ?',
    rows: 232,
    plan: [
      'COMPOUND QUERY',
      '  LEFT-MOST SUBQUERY',
      '    SCAN r VIRTUAL TABLE INDEX 1:',
      '    SEARCH o USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)',
      '  UNION ALL',
      '    SCAN n VIRTUAL TABLE INDEX 1:',
      '    SEARCH o USING INTEGER PRIMARY KEY (rowid=?)',
    ],
  },
]

it.each(CASES)('$title', ({ act, app, text, rows, plan }) => {
  const found = sent.get(act)?.find((one) => one.app === app && one.query.includes(text))
  expect([`reads ${found?.rowsRead} rows`, ...(found?.plan ?? [])]).toEqual([`reads ${rows} rows`, ...plan])
})

/** Tables of one row, or of few (a row for a currency, a row for 256 orders); values; and what another line of the plan has read. */
const SHORT =
  /^SCAN (?:feed|order_pull|worklist|queue_sums|order_ranges|\w+ VIRTUAL TABLE INDEX 1:|CONSTANT ROW|-ROW VALUES CLAUSE|\(subquery\)|batch|waiting|top|judged|n)(?: EXISTS)?$/

/** What walks through a table or sorts all the same, by a text in the statement, and why it may. */
const ALLOWED = [
  ['SCAN o', 'FROM orders o NOT INDEXED', 'walks down the numbers until the page is full'],
  ['SCAN orders USING COVERING INDEX orders_feed', 'confirmed_sequence_nr DESC LIMIT 1', 'reads the last of the index'],
  ['SCAN n USING INDEX billing_notices_rejected', 'ORDER BY order_number DESC LIMIT ?', 'reads 20 at most'],
  ['SCAN epochs', 'ORDER BY nr DESC LIMIT 1', 'reads the last'],
  ['SCAN pull_runs', 'FROM pull_runs ORDER BY nr DESC LIMIT ?', 'reads the last 20'],
  ['SEARCH (subquery) USING AUTOMATIC PARTIAL COVERING INDEX (token=?)', 'FROM pull_runs', 'of these 20'],
  ['USE TEMP B-TREE FOR ORDER BY', 'row_number() OVER (ORDER BY arc', 'sorts a batch'],
  ['USE TEMP B-TREE FOR ORDER BY', 'ORDER BY batch.nr', 'sorts a batch'],
  ['USE TEMP B-TREE FOR ORDER BY', 'WHERE i.order_number = ? ORDER BY i.id', 'sorts the invoices of an order'],
  ['USE TEMP B-TREE FOR count(DISTINCT)', 'FROM billing_notices n', 'counts 20 at most'],
] as const

it('nothing that is sent walks through a table that grows or sorts it, but for what is known to end soon', () => {
  const wide = [...sent.values()].flat().flatMap(({ app, query, plan }) =>
    plan
      .map((step) => step.trim())
      .filter((step) => /^SCAN|TEMP B-TREE|AUTOMATIC/.test(step) && !SHORT.test(step))
      .map((step) => ({ step, query: `${app}: ${query.trim()}` })),
  )
  const isAllowed = ({ step, query }: (typeof wide)[number]) =>
    ALLOWED.some(([line, text]) => line === step && query.includes(text))
  expect(wide.filter((one) => !isAllowed(one))).toEqual([])
  const unmet = ALLOWED.filter(([line, text]) => !wide.some(({ step, query }) => step === line && query.includes(text)))
  expect(unmet).toEqual([])
})
