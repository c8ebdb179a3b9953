import type { Order } from '../../shared/contract/order.ts'
import { aLargestOrder, anOrder, type Draft, type ImportLine } from '../support/orders.ts'
import { expectStatus, pickOrderNumber, type World } from '../../shared/simulator/world.ts'

const CURRENCIES = ['EUR', 'USD', 'JPY', 'KWD'] as const
const IMPORTED_IDS = 12
/** Together more than D1 takes as one value. */
const LARGEST_AT_ONCE = 4
const COUNTRIES = ['DE', 'AT', 'FR'] as const

/** Places an order by the API, now and then twice with one idempotency key, and mostly confirms it. */
export async function place(world: World): Promise<void> {
  const { ordering, random, memory } = world
  const body = draft(world)
  const key = random.percent(30) ? { 'Idempotency-Key': world.nextText() } : undefined
  const answer = await ordering.send('POST', '/api/orders', body, key)
  const status = expectStatus(world, 'POST /api/orders', answer, 201)
  if (status !== 201) {
    world.tell(`place an order: ${status}`)
    return
  }
  const { number } = (await answer.json()) as Order
  if (answer.headers.get('Idempotent-Replayed') !== 'true') memory.seeNewOrder(number)
  world.tell(`place order ${number}${key === undefined ? '' : ' with an idempotency key'}`)
  if (key !== undefined) {
    const again = await ordering.send('POST', '/api/orders', body, key)
    const same = again.status === 201 ? ((await again.json()) as Order).number : number
    expectStatus(world, 'POST /api/orders again', again, 201)
    if (same !== number) memory.violations.push(`one idempotency key made orders ${number} and ${same}`)
  }
  if (random.percent(80)) await confirm(world, number)
}

/** Confirms an order, again if it is confirmed. */
export async function confirm(world: World, number = pickOrderNumber(world)): Promise<void> {
  const answer = await world.ordering.send('POST', `/api/orders/${number}/confirm`)
  world.tell(`confirm order ${number}: ${expectStatus(world, 'confirm', answer, 200, 404, 410)}`)
}

/** Gives an order another content, now and then by a stale revision, which must be refused. */
export async function amend(world: World, number = pickOrderNumber(world)): Promise<void> {
  const { ordering, random } = world
  const read = await ordering.fetch(`/api/orders/${number}`)
  if (expectStatus(world, 'GET /api/orders/:number', read, 200, 404, 410) !== 200) {
    world.tell(`amend order ${number}: there is none, ${read.status}`)
    return
  }
  const { revision, externalId } = (await read.json()) as Order
  const stale = random.percent(10)
  const body = { ...draft(world), externalId }
  const answer = await ordering.send('PUT', `/api/orders/${number}`, body, {
    'If-Match': `"${stale ? revision - 1 : revision}"`,
  })
  const status = expectStatus(world, 'PUT /api/orders/:number', answer, ...(stale ? [412] : [200]))
  world.tell(`amend order ${number} at revision ${revision}${stale ? ', stale' : ''}: ${status}`)
}

/** Deletes an order, softly. */
export async function remove(world: World, number = pickOrderNumber(world)): Promise<void> {
  const answer = await world.ordering.send('DELETE', `/api/orders/${number}`)
  world.tell(`delete order ${number}: ${expectStatus(world, 'DELETE', answer, 204, 404)}`)
}

/** Imports a few lines of a small set, so that the same orders come again and again. */
export async function importSome(world: World): Promise<void> {
  const { random } = world
  const lines = Array.from({ length: random.between(1, 5) }, (): ImportLine => ({
    ...draft(world),
    externalId: `IMP-${random.between(1, IMPORTED_IDS)}`,
    state: random.percent(70) ? 'Confirmed' : 'Draft',
  }))
  await importLines(world, lines)
}

/** Imports a few orders as large as the contract allows, of four-byte characters or of quotes, which JSON doubles. */
export async function importLargest(world: World): Promise<void> {
  const { random } = world
  const lines = Array.from({ length: LARGEST_AT_ONCE }, (_, index): ImportLine => ({
    ...aLargestOrder(`LARGEST-${index + 1}`, random.choose(['\u{1F375}', '"'])),
    suppliedOn: `2026-01-${String(random.between(10, 28))}`,
    state: 'Confirmed',
  }))
  world.inject('orders as large as may be')
  await importLines(world, lines)
}

async function importLines(world: World, lines: readonly ImportLine[]): Promise<void> {
  const answer = await world.ordering.fetch('/api/orders/import', {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-ndjson' },
    body: lines.map((line) => JSON.stringify(line)).join('\n'),
  })
  const status = expectStatus(world, 'POST /api/orders/import', answer, 200)
  world.tell(`import ${lines.map(({ externalId }) => externalId).join(', ')}: ${status}`)
  await lookAtOrders(world)
}

/** Looks at the list of orders: what it shows is seen. */
export async function lookAtOrders(world: World): Promise<void> {
  const answer = await world.ordering.fetch('/api/orders?limit=200')
  if (expectStatus(world, 'GET /api/orders', answer, 200) !== 200) return
  const { orders } = (await answer.json()) as { orders: Order[] }
  for (const { number } of orders) world.memory.seeOrderNumber(number)
}

function draft({ random, nextText }: World): Draft {
  const country = random.choose(COUNTRIES)
  const customer = { id: 'KORN', name: nextText(), address: { street: 'Markt 1', city: 'Jena', country } }
  const lines = Array.from({ length: random.between(1, 3) }, (_, index) => ({
    sku: `SKU-${index}`,
    description: 'Oat flakes, 1 kg',
    quantity: random.between(1, 4_000) / 1_000,
    unitPrice: random.between(0, 5_000),
    discountPercent: random.percent(30) ? random.between(0, 10_000) / 100 : 0,
    taxPercent: random.choose([0, 7, 19]),
  }))
  const charges = random.percent(30) ? [{ description: 'Shipping', amount: random.between(0, 900) }] : []
  return anOrder({ currency: random.choose(CURRENCIES), customer, lines, charges, note: nextText() })
}
