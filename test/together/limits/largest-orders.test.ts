import { beforeEach, describe, expect, it } from 'vitest'
import { keepMoment, restoreMoment } from '../../../shared/simulator/moment.ts'
import { aLargestOrder, importOrders } from '../../support/orders.ts'
import type { RunningWorker } from '../../../shared/simulator/running-worker.ts'
import { startTogether, type Together } from '../../support/together.ts'
import { pullToEnd } from '../both-sides.ts'

const PATIENCE_MS = 120_000
/** What a list's answer holds at most, and what one order may bring beyond it. */
const MOST_BYTES = 8_000_000
const ONE_ORDER = 700_000

let together: Together
beforeEach(async () => {
  together = await startTogether()
})

/**
 * This many orders, confirmed, each as large as may be, and pulls them: two by an import, of which the second is of quotes,
 * which double each time that JSON is put into JSON; the others are copies by SQL, of these two in turn.
 */
async function makeLargest(count: number, of = [1, 2]): Promise<void> {
  const { ordering } = together
  const lines = [aLargestOrder('LARGEST-1'), aLargestOrder('LARGEST-2', '"')]
  const confirmed = lines.map((line) => ({ ...line, state: 'Confirmed' as const }))
  expect(await importOrders(ordering, confirmed)).toMatchObject({ created: 2, failed: [] })
  for (let number = 3; number <= count; number += 1) {
    const copied = of[number % of.length] ?? 1
    await ordering.sql(
      `INSERT INTO orders (number, state, placed_at, updated_at, updated_by, currency, customer, lines, charges, note,
        tax_exemption_reason, customer_name_folded)
      SELECT ?, state, placed_at, updated_at, updated_by, currency, customer, lines, charges, note, tax_exemption_reason,
        customer_name_folded FROM orders WHERE number = ?`,
      number,
      copied,
    )
  }
  await pullToEnd(together)
}

async function approve(id: number): Promise<number> {
  const { billing } = together
  const read = await billing.fetch(`/api/invoices/${id}`)
  await read.arrayBuffer()
  const headers = { 'If-Match': read.headers.get('ETag') ?? '' }
  const answer = await billing.send('POST', `/api/invoices/${id}/approve`, undefined, headers)
  await answer.arrayBuffer()
  return answer.status
}

function readInvoices(): Promise<unknown[]> {
  return together.billing.sql('SELECT id, state, invoice_number FROM invoices ORDER BY id')
}

/** The pages of a list, each with its rows' numbers, by `next` to the end. */
async function walk(worker: RunningWorker, path: string, member: string, key: string): Promise<number[][]> {
  const pages: number[][] = []
  for (let next: number | null = null, more = true; more; more = next !== null) {
    const answer = await worker.fetch(next === null ? path : `${path}&after=${next}`)
    const text = await answer.text()
    expect(Buffer.byteLength(text)).toBeLessThan(MOST_BYTES + ONE_ORDER)
    const page = JSON.parse(text) as Record<string, Record<string, number>[]> & { next: number | null }
    pages.push((page[member] ?? []).map((row) => row[key] ?? 0))
    next = page.next
  }
  return pages
}

describe('orders as large as the contract allows', () => {
  it(
    'come back with their approvals when billing is restored to before them, and the next is approved',
    async () => {
      const { billing, pull, log } = together
      await keepMoment(billing, 1)
      await makeLargest(5)
      for (let id = 1; id <= 4; id += 1) expect(await approve(id)).toBe(200)
      const approved = await readInvoices()
      await restoreMoment(billing, 1)
      expect(await pull()).toMatchObject({ outcome: 'ok' })
      expect(log('ledger.reconciled')).toMatchObject([{ replayed: 4 }])
      expect(log('ledger.refused')).toEqual([])
      await pullToEnd(together)
      expect(await readInvoices()).toEqual(approved)
      expect(await approve(5)).toBe(200)
    },
    PATIENCE_MS,
  )

  it(
    'are restored in ordering when it has lost them, but for one that is no order',
    async () => {
      const { ordering, billing, log } = together
      await keepMoment(ordering, 1)
      await makeLargest(5)
      await billing.sql(`UPDATE orders SET record = json_set(record, '$.currency', 'XXX') WHERE number = 3`)
      await restoreMoment(ordering, 1)
      await pullToEnd(together)
      const answer = await billing.send('POST', '/api/sync/orphans/restore', { preview: false })
      expect(await answer.json()).toEqual({
        preview: false,
        restored: [1, 2, 4, 5],
        refused: [{ number: 3, reason: 'unreadable' }],
      })
      expect(log('records.refused')).toEqual([])
      await pullToEnd(together)
      expect(await billing.sql('SELECT number FROM orders WHERE orphaned = 1')).toEqual([{ number: 3 }])
    },
    PATIENCE_MS,
  )

  it(
    'are listed in answers that are bounded in bytes and join without a gap',
    async () => {
      const { ordering, billing } = together
      await makeLargest(16, [1])
      const descending = Array.from({ length: 16 }, (_, index) => 16 - index)
      const orders = await walk(ordering, '/api/orders?limit=200', 'orders', 'number')
      const found = await walk(ordering, '/api/orders?limit=200&q=%F0%9F%8D%B5', 'orders', 'number')
      const invoices = await walk(billing, '/api/invoices?limit=200', 'invoices', 'id')
      expect([orders.length, orders.flat()]).toEqual([2, descending])
      expect(found.flat()).toEqual(descending.filter((number) => number !== 2))
      expect([invoices.length, invoices.flat()]).toEqual([2, descending])
      expect((await ordering.fetch('/orders')).status).toBe(200)
      expect((await billing.fetch('/invoices')).status).toBe(200)
    },
    PATIENCE_MS,
  )
})
