import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { newOrderLink } from '../../shared/contract/links.ts'
import { readForm } from '../billing/support.ts'
import { type Filling, LARGEST_ORDER, ORDER_IN_FOUR_SCRIPTS, SAMPLE } from './filling.ts'
import {
  amendOrder,
  anOrder,
  confirmOrder,
  deleteOrder,
  type Draft,
  type ImportLine,
  placeDraft,
  placeOrder,
  readOrder,
} from './orders.ts'
import type { Answer, RunningWorker } from '../../shared/simulator/running-worker.ts'
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
const RECORDS = join(import.meta.dirname, '../../shared/sample')

/**
 * Fills both apps as a few weeks of work would, and answers every page of theirs: lists and forms, empty and full,
 * refused and out of date, and what is shown when something is missing or away. With another filling than the sample,
 * the same pages show its texts and amounts.
 */
export async function readEveryPage(together: Together, filling: Filling = SAMPLE): Promise<ShownPage[]> {
  const { ordering, billing } = together
  const empty = [
    ...(await readPages(ordering, 'ordering', [{ name: 'orders-empty', path: '/orders' }])),
    ...(await readPages(billing, 'billing', [{ name: 'invoices-empty', path: '/invoices' }])),
  ]
  const filled = await fill(together, filling)
  return [
    readPlatformPage(),
    ...empty,
    ...(await readPages(ordering, 'ordering', pagesOfOrdering(ordering, filled, filling))),
    ...(await readPages(billing, 'billing', pagesOfBilling(together, filled))),
  ]
}

/** What the platform answers where a Worker does not, from its file. */
function readPlatformPage(): ShownPage {
  const name = 'application-unavailable'
  const html = readFileSync(join(ASSETS, `${name}.html`), 'utf8')
  return { app: 'ordering', name, path: '/orders', status: 503, html, headers: { 'content-type': 'text/html' } }
}

/** The sample's records of a kind, one a line, with the filling's texts and amounts. */
function readRecords(kind: string, filling: Filling): string {
  const { text } = filling
  const lines = readFileSync(join(RECORDS, `${kind}.jsonl`), 'utf8')
    .trim()
    .split('\n')
  const of = (record: unknown): unknown => {
    switch (kind) {
      case 'customers':
        return fillCustomer(record as Draft['customer'], filling)
      case 'products': {
        const product = record as Draft['lines'][number]
        return { ...product, description: text(product.description, 500), sku: text(product.sku, 100) }
      }
      default:
        return fillOrder(filling.order(record as ImportLine), filling)
    }
  }
  return lines.map((line) => JSON.stringify(of(JSON.parse(line)))).join('\n')
}

function fillOrder({ customer, lines, charges = [], note, ...order }: ImportLine, filling: Filling): ImportLine {
  const { text, instead } = filling
  return {
    ...order,
    externalId: text(order.externalId, 100),
    customer: fillCustomer(customer, filling),
    lines: lines.map((line) => ({ ...line, description: text(line.description, 500), sku: text(line.sku, 100) })),
    charges: charges.map((charge) => ({ ...charge, description: text(charge.description, 500) })),
    taxExemptionReason: instead('Export', 500),
    note: note === null || note === undefined ? instead('Thank you', 500) : text(note, 500),
  }
}

function fillCustomer({ address, ...customer }: Draft['customer'], { text, instead }: Filling): Draft['customer'] {
  const optional = (value: string | null | undefined, plain: string, most: number) =>
    value === null || value === undefined ? instead(plain, most) : text(value, most)
  return {
    id: text(customer.id, 100),
    name: text(customer.name, 200),
    contact: optional(customer.contact, 'Purchasing', 200),
    email: optional(customer.email, 'orders@example.com', 200),
    vatId: optional(customer.vatId, 'DE000000000', 100),
    address: {
      ...address,
      street: text(address.street, 200),
      additional: optional(address.additional, 'Floor 2', 200),
      city: text(address.city, 200),
      region: optional(address.region, 'North', 200),
      postalCode: optional(address.postalCode, '1', 200),
    },
  }
}

/** The texts of a form as somebody types them; figures, codes and what the buttons say stay. */
function typed(form: Record<string, string>, text: Filling['text']): Record<string, string> {
  const words = /Search$|name$|description$|sku$/
  return Object.fromEntries(
    Object.entries(form).map(([name, value]) => [name, words.test(name) ? text(value, 100) : value]),
  )
}

/** Numbers of orders that something became of. */
type Filled = Record<
  'draft' | 'waiting' | 'changing' | 'approved' | 'credited' | 'returned' | 'amended' | 'rejected' | 'deleted',
  number
>

async function fill(together: Together, filling: Filling): Promise<Filled> {
  const { ordering, billing } = together
  const { text } = filling
  for (const kind of ['customers', 'products', 'orders']) {
    const body = readRecords(kind, filling)
    const headers = { 'Content-Type': 'application/x-ndjson' }
    const answer = await ordering.fetch(`/api/${kind}/import`, { method: 'POST', headers, body })
    const { failed } = (await answer.json()) as { failed: unknown[] }
    if (failed.length > 0) throw new Error(`Cannot import the ${kind}: ${JSON.stringify(failed[0])}`)
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
  await decide(billing, credited, 'credit-notes', { reason: text('One box came back', 500), lines: [0] })
  await decide(billing, returned, 'approve')
  await decide(billing, returned, 'credit-notes', { reason: text('All of it came back', 500) })
  await decide(billing, rejected, 'reject', {
    reason: text('The street is missing.\nPlease ask the customer for it.', 500),
  })
  await amendOrder(ordering, amended, { ...(await inputOf(ordering, amended)), note: text('One box more', 500) })
  await deleteOrder(ordering, deleted)
  await together.pull()
  await together.billing.send('POST', '/api/sync/compare')
  return { draft, waiting, changing, approved, credited, returned, amended, rejected, deleted }
}

function pagesOfOrdering(ordering: RunningWorker, filled: Filled, { text }: Filling): Asked[] {
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
    { name: 'new-order-refused', path: '/orders', ask: () => ordering.submit('/orders', typed(REFUSED, text)) },
    {
      name: 'new-order-customers-found',
      path: '/orders',
      ask: () => ordering.submit('/orders', typed(CUSTOMERS, text)),
    },
    { name: 'new-order-products-found', path: '/orders', ask: () => ordering.submit('/orders', typed(PRODUCTS, text)) },
    { name: 'amend-order', path: `/orders/${draft}/edit` },
    { name: 'amend-order-approved', path: `/orders/${approved}/edit` },
    { name: 'amend-order-conflict', path: '/orders/1/edit', ask: () => conflict(ordering, text) },
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
    { name: 'invoice-reissue', path: '/invoices/1/reissue', ask: invoiceOf(returned, '/reissue') },
    { name: 'invoice-reissue-refused', path: '/invoices/1/reissue', ask: invoiceOf(credited, '/reissue') },
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
    { name: 'trace-found', path: '/trace?q=a' },
    { name: 'trace-not-found', path: '/trace?q=nobody%20has%20it' },
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
    { name: 'invoice-in-four-scripts', path: '/invoices/1', ask: () => issue(together, ORDER_IN_FOUR_SCRIPTS) },
    { name: 'invoice-largest', path: '/invoices/1', ask: () => issue(together, LARGEST_ORDER) },
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
async function conflict(ordering: RunningWorker, text: Filling['text']): Promise<Answer> {
  const { number } = await placeDraft(ordering, anOrder({ note: text('Two boxes', 500) }))
  await amendOrder(
    ordering,
    number,
    anOrder({ note: text('Three boxes', 500), charges: [{ description: text('Freight', 500), amount: 450 }] }),
  )
  return ordering.submit(`/orders/${number}/edit`, {
    seen: '1',
    action: 'save',
    currency: 'EUR',
    'customer.id': 'KORN',
    'customer.name': text('Kornblume Naturkost', 200),
    'customer.address.street': 'Markt 1',
    'customer.address.city': 'Weimar',
    'customer.address.country': 'DE',
    'lines.0.sku': 'CUP-1',
    'lines.0.description': text('A cup', 500),
    'lines.0.quantity': '2',
    'lines.0.unitPrice': '3.10',
    'lines.1.sku': 'OAT-1',
    'lines.1.description': 'Oat flakes, 1 kg',
    'lines.1.quantity': '4',
    'lines.1.unitPrice': '2.50',
    note: text('Two boxes, please', 500),
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

/** The approved invoice of an order that is placed for it. */
async function issue({ ordering, billing }: Together, order: Draft): Promise<Answer> {
  const { number } = await placeOrder(ordering, order)
  await billing.fetch(`/link/new_order/${number}`)
  await decide(billing, number, 'approve')
  return billing.fetch(`/invoices/${await findInvoice(billing, number)}`)
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
