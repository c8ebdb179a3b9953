import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { newOrderLink } from '../../shared/links.ts'
import { readForm } from '../billing/support.ts'
import { amendOrder, anOrder, confirmOrder, deleteOrder, placeDraft, readOrder } from './orders.ts'
import type { Answer, RunningWorker } from './running-worker.ts'
import type { Together } from './together.ts'

/** A page as people can come to see it. */
export type ShownPage = {
  app: 'ordering' | 'billing'
  /** What it shows, as the name of a file. */
  name: string
  path: string
  status: number
  html: string
  headers: Record<string, string>
}

type Asked = { name: string; path: string; ask?: () => Promise<Answer> }

/** What the platform serves past the Workers. */
export const ASSETS = join(import.meta.dirname, '../../shared/assets')
const SAMPLE = join(import.meta.dirname, '../../shared/sample')

/**
 * Fills both apps as a few weeks of work would, and answers every page of theirs: lists and forms, empty and full,
 * refused and out of date, and what is shown when something is missing or away.
 */
export async function readEveryPage(together: Together): Promise<ShownPage[]> {
  const { ordering, billing } = together
  const empty = [
    ...(await readPages(ordering, 'ordering', [{ name: 'orders-empty', path: '/orders' }])),
    ...(await readPages(billing, 'billing', [{ name: 'invoices-empty', path: '/invoices' }])),
  ]
  const filled = await fill(together)
  return [
    readPlatformPage(),
    ...empty,
    ...(await readPages(ordering, 'ordering', pagesOfOrdering(ordering, filled))),
    ...(await readPages(billing, 'billing', pagesOfBilling(together, filled))),
  ]
}

/** What the platform answers where a Worker does not, from its file. */
function readPlatformPage(): ShownPage {
  const name = 'application-unavailable'
  const html = readFileSync(join(ASSETS, `${name}.html`), 'utf8')
  return { app: 'ordering', name, path: '/orders', status: 503, html, headers: { 'content-type': 'text/html' } }
}

/** Numbers of orders that something became of. */
type Filled = Record<
  'draft' | 'waiting' | 'changing' | 'approved' | 'credited' | 'returned' | 'amended' | 'rejected' | 'deleted',
  number
>

async function fill(together: Together): Promise<Filled> {
  const { ordering, billing } = together
  for (const kind of ['customers', 'products', 'orders']) {
    const body = readFileSync(join(SAMPLE, `${kind}.jsonl`), 'utf8')
    const headers = { 'Content-Type': 'application/x-ndjson' }
    await ordering.fetch(`/api/${kind}/import`, { method: 'POST', headers, body })
  }
  await together.pull()
  const { orders } = (await (await ordering.fetch('/api/orders?limit=200')).json()) as {
    orders: { number: number; state: string; lines: unknown[] }[]
  }
  const most = orders.toSorted((one, other) => other.lines.length - one.lines.length)
  const confirmed = most.filter(({ state }) => state === 'Confirmed').map(({ number }) => number)
  const draft = most.find(({ state }) => state === 'Draft')?.number ?? 0
  const [waiting = 0, approved = 0, amended = 0, rejected = 0, deleted = 0, credited = 0, returned = 0, changing = 0] =
    confirmed
  await decide(billing, approved, 'approve')
  await decide(billing, amended, 'approve')
  await decide(billing, credited, 'approve')
  await decide(billing, credited, 'credit-notes', { reason: 'One box came back', lines: [0] })
  await decide(billing, returned, 'approve')
  await decide(billing, returned, 'credit-notes', { reason: 'All of it came back' })
  await decide(billing, rejected, 'reject', { reason: 'The street is missing.\nPlease ask the customer for it.' })
  await amendOrder(ordering, amended, { ...(await inputOf(ordering, amended)), note: 'One box more' })
  await deleteOrder(ordering, deleted)
  await together.pull()
  await together.billing.send('POST', '/api/sync/compare')
  return { draft, waiting, changing, approved, credited, returned, amended, rejected, deleted }
}

function pagesOfOrdering(ordering: RunningWorker, filled: Filled): Asked[] {
  const { draft, waiting, approved, amended, rejected, deleted } = filled
  return [
    { name: 'orders', path: '/orders' },
    { name: 'orders-filtered', path: '/orders?state=Confirmed&currency=EUR&sort=customer' },
    { name: 'orders-no-match', path: '/orders?q=nobody' },
    { name: 'orders-rejected', path: '/orders?billing=rejected' },
    { name: 'orders-deleted', path: `/orders?deleted=${deleted}` },
    { name: 'order-draft', path: `/orders/${draft}` },
    { name: 'order-confirmed', path: `/orders/${waiting}` },
    { name: 'order-approved', path: `/orders/${approved}` },
    { name: 'order-amended-after-approval', path: `/orders/${amended}` },
    { name: 'delete-order', path: `/orders/${approved}/delete` },
    { name: 'order-rejected', path: `/orders/${rejected}` },
    { name: 'new-order', path: '/orders/new' },
    { name: 'new-order-copied', path: `/orders/new?copy=${waiting}` },
    { name: 'new-order-refused', path: '/orders', ask: () => ordering.submit('/orders', REFUSED) },
    { name: 'new-order-customers-found', path: '/orders', ask: () => ordering.submit('/orders', CUSTOMERS) },
    { name: 'new-order-products-found', path: '/orders', ask: () => ordering.submit('/orders', PRODUCTS) },
    { name: 'amend-order', path: `/orders/${draft}/edit` },
    { name: 'amend-order-approved', path: `/orders/${approved}/edit` },
    { name: 'amend-order-conflict', path: '/orders/1/edit', ask: () => conflict(ordering) },
    { name: 'customers', path: '/customers' },
    { name: 'products', path: '/products' },
    { name: 'products-no-match', path: '/products?q=nothing' },
    { name: 'me', path: '/me' },
    { name: 'api', path: '/api', ask: () => ordering.fetch('/api', { headers: { Accept: 'text/html' } }) },
    { name: 'problem', path: '/problems/stale' },
    { name: 'nothing-here', path: '/nothing' },
    { name: 'no-such-order', path: '/orders/999999' },
    { name: 'order-was-deleted', path: `/orders/${deleted}` },
    { name: 'another-site', path: '/orders', ask: () => ordering.fetch('/orders', FROM_ELSEWHERE) },
    { name: 'unavailable', path: '/orders', ask: () => whileAway(ordering, () => ordering.fetch('/orders')) },
    {
      name: 'new-order-unavailable',
      path: '/orders',
      ask: () => whileAway(ordering, () => ordering.submit('/orders', PRODUCTS)),
    },
  ]
}

function pagesOfBilling(together: Together, filled: Filled): Asked[] {
  const { ordering, billing, relay } = together
  const { waiting, changing, approved, credited, returned, amended, rejected, deleted } = filled
  const invoiceOf =
    (number: number, below = '') =>
    async () =>
      billing.fetch(`/invoices/${await findInvoice(billing, number)}${below}`)
  return [
    { name: 'invoices', path: '/invoices' },
    { name: 'invoices-approved', path: '/invoices?state=Approved' },
    { name: 'invoice-by-link', path: new URL(newOrderLink(billing.origin, waiting)).pathname },
    { name: 'invoice-approved', path: '/invoices/1', ask: invoiceOf(approved) },
    { name: 'invoice-credited', path: '/invoices/1', ask: invoiceOf(credited) },
    { name: 'credit-invoice', path: '/invoices/1/credit', ask: invoiceOf(approved, '/credit') },
    { name: 'invoice-credited-whole', path: '/invoices/1', ask: invoiceOf(returned) },
    { name: 'invoice-anew', path: '/invoices/1/anew', ask: invoiceOf(returned, '/anew') },
    { name: 'invoice-anew-refused', path: '/invoices/1/anew', ask: invoiceOf(credited, '/anew') },
    { name: 'credit-notes', path: '/credit-notes' },
    {
      name: 'credit-note',
      path: '/credit-notes/1',
      async ask() {
        const list = (await (await billing.fetch('/api/credit-notes')).json()) as { creditNotes: { id: number }[] }
        return billing.fetch(`/credit-notes/${list.creditNotes[0]?.id}`)
      },
    },
    { name: 'approvals', path: '/approvals?id=1&id=2' },
    { name: 'approvals-done', path: `/approvals/done?id=${approved}&id=1` },
    { name: 'invoice-order-amended', path: '/invoices/1', ask: invoiceOf(amended) },
    { name: 'invoice-changed-meanwhile', path: '/invoices/1', ask: () => approveTooLate(together, changing) },
    { name: 'invoice-rejected', path: '/invoices/1', ask: invoiceOf(rejected) },
    { name: 'invoice-cancelled', path: '/invoices/1', ask: invoiceOf(deleted) },
    { name: 'order', path: `/orders/${waiting}` },
    { name: 'trace-form', path: '/trace' },
    { name: 'trace', path: `/trace?order=${amended}` },
    { name: 'trace-unknown', path: '/trace?order=999999' },
    { name: 'sync', path: '/sync' },
    { name: 'sync-reset', path: '/sync/reset?token=' },
    { name: 'me', path: '/me' },
    { name: 'api', path: '/api', ask: () => billing.fetch('/api', { headers: { Accept: 'text/html' } }) },
    { name: 'problem', path: '/problems/stale' },
    { name: 'nothing-here', path: '/nothing' },
    { name: 'no-such-invoice', path: '/invoices/999999' },
    { name: 'no-such-order', path: '/link/new_order/999999' },
    { name: 'order-was-deleted', path: `/link/new_order/${deleted}` },
    { name: 'no-such-credit-note', path: '/credit-notes/999999' },
    { name: 'another-site', path: '/approvals', ask: () => billing.fetch('/approvals', FROM_ELSEWHERE) },
    {
      name: 'ordering-unavailable',
      path: '/link/new_order/1',
      async ask() {
        const { number } = await confirmOrder(ordering, (await placeDraft(ordering)).number)
        await relay.fail({ kind: 'throw' })
        return billing.fetch(`/link/new_order/${number}`)
      },
    },
    { name: 'unavailable', path: '/invoices', ask: () => whileAway(billing, () => billing.fetch('/invoices')) },
  ]
}

async function readPages(worker: RunningWorker, app: ShownPage['app'], asked: readonly Asked[]): Promise<ShownPage[]> {
  const pages: ShownPage[] = []
  for (const { name, path, ask } of asked) {
    const answer = await (ask ?? (() => worker.fetch(path)))()
    const headers = Object.fromEntries(answer.headers)
    pages.push({ app, name, path, status: answer.status, html: await answer.text(), headers })
  }
  return pages
}

const CUSTOMERS = { customerSearch: 'tee', action: 'find-customer', currency: 'EUR', 'lines.0.quantity': '1' }
const PRODUCTS = {
  ...CUSTOMERS,
  'lines.0.sku': 'TEE-ROOIBOS',
  'lines.0.description': 'Rooibos, natur, 500 g',
  'lines.0.quantity': '4',
  'lines.0.unitPrice': '11.20',
  'lines.1.sku': 'tee',
  action: 'find-product.1',
}
const REFUSED = {
  ...PRODUCTS,
  action: 'save',
  'lines.0.quantity': '12,5',
  'customer.name': 'Kontor',
  placedAt: 'today',
}
const FROM_ELSEWHERE = {
  method: 'POST',
  headers: { Origin: 'https://example.com', 'Content-Type': 'application/x-www-form-urlencoded' },
  body: 'a=b',
}

/** What somebody sees who saves second. */
async function conflict(ordering: RunningWorker): Promise<Answer> {
  const { number } = await placeDraft(ordering, anOrder({ note: 'Two boxes' }))
  await amendOrder(
    ordering,
    number,
    anOrder({ note: 'Three boxes', charges: [{ description: 'Freight', amount: 450 }] }),
  )
  return ordering.submit(`/orders/${number}/edit`, {
    seen: '1',
    action: 'save',
    currency: 'EUR',
    'customer.id': 'KORN',
    'customer.name': 'Kornblume Naturkost',
    'customer.address.street': 'Markt 1',
    'customer.address.city': 'Weimar',
    'customer.address.country': 'DE',
    'lines.0.sku': 'CUP-1',
    'lines.0.description': 'A cup',
    'lines.0.quantity': '2',
    'lines.0.unitPrice': '3.10',
    'lines.1.sku': 'OAT-1',
    'lines.1.description': 'Oat flakes, 1 kg',
    'lines.1.quantity': '4',
    'lines.1.unitPrice': '2.50',
    note: 'Two boxes, please',
  })
}

/** What somebody sees who approves what was amended since they read it: a line gone, one changed, one put in between. */
async function approveTooLate({ ordering, billing, pull }: Together, number: number): Promise<Answer> {
  const path = `/invoices/${await findInvoice(billing, number)}`
  const seen = await readForm(billing, path)
  const input = await inputOf(ordering, number)
  const [first, second, ...rest] = input.lines
  if (first === undefined || second === undefined) throw new Error(`Order ${number} has too few lines`)
  const added = { ...first, sku: 'CUP-1', description: 'Cup, stoneware', quantity: 2 }
  const lines = [{ ...second, quantity: second.quantity + 1 }, added, ...rest]
  await amendOrder(ordering, number, { ...input, lines })
  await pull()
  return billing.submit(`${path}/approve`, seen)
}

async function whileAway(worker: RunningWorker, ask: () => Promise<Answer>): Promise<Answer> {
  await worker.failDatabase({ kind: 'refuse', times: 99 })
  const answer = await ask()
  await worker.failDatabase()
  return answer
}

type Act = 'approve' | 'reject' | 'credit-notes'

async function decide(billing: RunningWorker, order: number, act: Act, body?: object): Promise<void> {
  const path = `/api/invoices/${await findInvoice(billing, order)}`
  const etag = (await billing.fetch(path)).headers.get('ETag') ?? ''
  const { status } = await billing.send('POST', `${path}/${act}`, body, { 'If-Match': etag })
  if (status >= 300) throw new Error(`Cannot ${act} the invoice of order ${order}: ${status}`)
}

async function findInvoice(billing: RunningWorker, order: number): Promise<number> {
  const answer = (await (await billing.fetch(`/api/invoices?order=${order}`)).json()) as { invoices: { id: number }[] }
  return answer.invoices[0]?.id ?? 0
}

async function inputOf(ordering: RunningWorker, number: number) {
  const { externalId, placedAt, currency, customer, lines, charges, note } = await readOrder(ordering, number)
  return { externalId, placedAt, currency, customer, lines, charges, note }
}
