import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { publishedOrder } from '../../shared/contract/order.ts'
import type { ImportedOrder } from '../../shared/contract/order-input.ts'
import { totalsOf } from '../../shared/money/totals.ts'

// What SQLite can do by itself: the same rows, one process, prepared statements, no Worker and no network between.

/** How a page goes from one database to the other. */
export type Passage = 'direct' | 'json' | 'json+zod'

const SOURCE_TABLES = `
  CREATE TABLE orders (
    number INTEGER PRIMARY KEY, state TEXT NOT NULL, revision INTEGER NOT NULL, confirmed_sequence_nr INTEGER NOT NULL,
    fingerprint INTEGER NOT NULL, external_id TEXT UNIQUE, placed_at TEXT NOT NULL, confirmed_at TEXT,
    confirmed_by TEXT, updated_at TEXT NOT NULL, updated_by TEXT NOT NULL, currency TEXT NOT NULL,
    customer TEXT NOT NULL, charges TEXT NOT NULL, note TEXT
  );
  CREATE INDEX orders_feed ON orders (confirmed_sequence_nr, confirmed_at);
  CREATE TABLE order_lines (
    order_number INTEGER NOT NULL, position INTEGER NOT NULL, sku TEXT NOT NULL, description TEXT NOT NULL,
    quantity REAL NOT NULL, unit_price INTEGER NOT NULL, discount_percent REAL NOT NULL, tax_percent REAL NOT NULL,
    PRIMARY KEY (order_number, position)
  ) WITHOUT ROWID`

const COPY_TABLES = `
  CREATE TABLE orders (
    number INTEGER PRIMARY KEY, revision INTEGER NOT NULL, fingerprint INTEGER NOT NULL, deleted INTEGER NOT NULL,
    record TEXT NOT NULL, fetched_at TEXT NOT NULL
  );
  CREATE TABLE invoices (
    id INTEGER PRIMARY KEY, order_number INTEGER NOT NULL UNIQUE, state TEXT NOT NULL, created_at TEXT NOT NULL
  );
  CREATE INDEX invoices_state ON invoices (state, id);
  CREATE TABLE order_pull (token INTEGER NOT NULL);
  INSERT INTO order_pull VALUES (0)`

const NOW = '2026-03-02T09:30:00.000Z'

function open(file: string, tables: string): DatabaseSync {
  const db = new DatabaseSync(file)
  // As workerd opens its own: a log beside the file, which is not awaited at each commit.
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; ${tables}`)
  return db
}

/** Opens an empty database for orders, and returns what inserts orders with their lines into it, in one transaction. */
export function openSource(file: string): {
  db: DatabaseSync
  insert: (orders: readonly ImportedOrder[], first: number) => void
} {
  const db = open(file, SOURCE_TABLES)
  const order = db.prepare(`INSERT INTO orders VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const line = db.prepare('INSERT INTO order_lines VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
  const insertOne = (one: ImportedOrder, number: number): void => {
    const { state, externalId, placedAt = NOW, currency, customer, charges, note } = one
    const content = [currency, JSON.stringify(customer), JSON.stringify(charges), note] as const
    order.run(number, state, number, number * 7, externalId, placedAt, NOW, 'bench', NOW, 'bench', ...content)
    for (const [place, { sku, description, quantity, unitPrice, discountPercent, taxPercent }] of one.lines.entries()) {
      line.run(number, place, sku, description, quantity, unitPrice, discountPercent, taxPercent)
    }
  }
  const insert = (orders: readonly ImportedOrder[], first: number): void => {
    db.exec('BEGIN')
    for (const [index, one] of orders.entries()) insertOne(one, first + index)
    db.exec('COMMIT')
  }
  return { db, insert }
}

type Row = Record<string, string | number | null>

/**
 * Copies every order with its lines, page by page, each page a transaction with its invoices and its token.
 * `json` makes each page a text in between, as it must be between two processes; `json+zod` judges each order too.
 * Returns how many it copied.
 */
export function copyOrders(source: DatabaseSync, file: string, passage: Passage, pageSize: number): number {
  const copy = open(file, COPY_TABLES)
  const orders = source.prepare(
    'SELECT * FROM orders WHERE confirmed_sequence_nr > ? ORDER BY confirmed_sequence_nr LIMIT ?',
  )
  const lines = source.prepare('SELECT * FROM order_lines WHERE order_number = ? ORDER BY position')
  const store = storePage(copy)
  let copied = 0
  for (let after = 0; ;) {
    const page = orders.all(after, pageSize).map((row) => readRecord(row as Row, lines))
    const last = page.at(-1)
    if (last === undefined) break
    after = last.confirmedSequenceNr
    store(passage === 'direct' ? page : throughJson(page, passage), after)
    copied += page.length
  }
  copy.close()
  return copied
}

type PlainRecord = ReturnType<typeof readRecord>

function throughJson(page: readonly PlainRecord[], passage: Passage): PlainRecord[] {
  const { orders } = JSON.parse(JSON.stringify({ orders: page })) as { orders: PlainRecord[] }
  if (passage === 'json+zod') for (const order of orders) publishedOrder.parse(order)
  return orders
}

function readRecord(row: Row, selectLines: StatementSync) {
  const number = row['number'] as number
  const lines = selectLines.all(number).map((line) => ({
    sku: line['sku'] as string,
    description: line['description'] as string,
    quantity: line['quantity'] as number,
    unitPrice: line['unit_price'] as number,
    discountPercent: line['discount_percent'] as number,
    taxPercent: line['tax_percent'] as number,
  }))
  const charges = JSON.parse(row['charges'] as string) as ImportedOrder['charges']
  return {
    number,
    state: row['state'] as string,
    revision: row['revision'] as number,
    confirmedSequenceNr: row['confirmed_sequence_nr'] as number,
    fingerprint: row['fingerprint'] as number,
    externalId: row['external_id'],
    placedAt: row['placed_at'],
    confirmedAt: row['confirmed_at'],
    confirmedBy: row['confirmed_by'],
    updatedAt: row['updated_at'],
    updatedBy: row['updated_by'],
    currency: row['currency'],
    customer: JSON.parse(row['customer'] as string) as ImportedOrder['customer'],
    lines,
    charges,
    note: row['note'],
    totals: totalsOf(lines, charges),
  }
}

function storePage(copy: DatabaseSync): (page: readonly PlainRecord[], token: number) => void {
  const order = copy.prepare(`
    INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (number) DO UPDATE SET revision = excluded.revision,
      fingerprint = excluded.fingerprint, deleted = excluded.deleted, record = excluded.record,
      fetched_at = excluded.fetched_at
    WHERE excluded.revision > orders.revision`)
  const invoice = copy.prepare(`INSERT OR IGNORE INTO invoices VALUES (?, ?, 'ToApprove', ?)`)
  const move = copy.prepare('UPDATE order_pull SET token = ?')
  return (page, token) => {
    copy.exec('BEGIN')
    for (const record of page) {
      const { number, revision, fingerprint, state } = record
      order.run(number, revision, fingerprint, state === 'Deleted' ? 1 : 0, JSON.stringify(record), NOW)
      invoice.run(number, number, NOW)
    }
    move.run(token)
    copy.exec('COMMIT')
  }
}
