import { beforeEach, describe, expect, it } from 'vitest'
import type { ProblemDetails } from '../../../shared/edge/problem.ts'
import {
  amendOrder,
  anOrder,
  confirmOrder,
  deleteOrder,
  order10248,
  placeDraft,
  placeOrder,
  readOrder,
} from '../../support/orders.ts'
import type { Answer, RunningWorker } from '../../../shared/simulator/running-worker.ts'
import { startTogether } from '../../support/together.ts'

let ordering: RunningWorker
beforeEach(async () => {
  ;({ ordering } = await startTogether())
})

async function problemOf(response: Answer): Promise<ProblemDetails> {
  expect(response.headers.get('Content-Type')).toBe('application/problem+json')
  return (await response.json()) as ProblemDetails
}

async function listNumbers(query: string): Promise<number[]> {
  const response = await ordering.fetch(`/api/orders?${query}`)
  expect(response.status).toBe(200)
  const { orders } = (await response.json()) as { orders: { number: number }[] }
  return orders.map(({ number }) => number)
}

/** Makes a row behind the app's back: the order `from` again, as `number`. */
async function copyBySql(from: number, number: number): Promise<void> {
  await ordering.sql(
    `INSERT INTO orders (number, placed_at, updated_at, updated_by, currency, customer, customer_name_folded)
     SELECT ?, placed_at, updated_at, updated_by, currency, customer, customer_name_folded FROM orders WHERE number = ?`,
    number,
    from,
  )
}

describe('POST /api/orders', () => {
  it('answers 201 with Location, the ETag of revision 1 and the Draft with its totals', async () => {
    const response = await ordering.send('POST', '/api/orders', order10248)
    expect(response.status).toBe(201)
    expect(response.headers.get('Location')).toBe('/api/orders/1')
    expect(response.headers.get('ETag')).toBe('"1"')
    expect(await response.json()).toEqual({
      number: 1,
      state: 'Draft',
      revision: 1,
      confirmedSequenceNr: -1,
      fingerprint: expect.any(Number) as number,
      externalId: 'NW-10248',
      placedAt: '2012-07-04T00:00:00Z',
      confirmedAt: null,
      confirmedBy: null,
      updatedAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      updatedBy: 'you@example.com',
      currency: 'USD',
      customer: {
        ...order10248.customer,
        contact: null,
        email: null,
        vatId: null,
        address: { ...order10248.customer.address, additional: null, region: null },
      },
      lines: [
        { sku: '11', description: 'Queso Cabrales', quantity: 12, unitPrice: 1400, discountPercent: 0, taxPercent: 0 },
      ],
      charges: [{ description: 'Freight', amount: 3238, taxPercent: 0 }],
      suppliedOn: null,
      taxExemptionReason: null,
      note: null,
      totals: { net: 20038, tax: 0, gross: 20038 },
    })
  })

  it('gives each order the next number, also to requests that come at once', async () => {
    const placed = await Promise.all(Array.from({ length: 8 }, () => placeDraft(ordering)))
    expect(new Set(placed.map(({ number }) => number))).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8]))
  })

  it('passes over numbers that rows made by SQL have taken', async () => {
    await placeDraft(ordering)
    await copyBySql(1, 2)
    await copyBySql(1, 3)
    expect((await placeDraft(ordering)).number).toBe(4)
  })

  it('answers 409 for an external id that another order has, a deleted one too', async () => {
    const { number } = await placeDraft(ordering, order10248)
    await deleteOrder(ordering, number)
    const response = await ordering.send('POST', '/api/orders', order10248)
    expect(response.status).toBe(409)
    expect(await problemOf(response)).toMatchObject({ type: '/problems/external-id-taken', orderNumber: 1 })
  })

  it('answers 422 naming each field that is wrong, missing or unknown by its JSON Pointer', async () => {
    const order = {
      ...anOrder(),
      currency: 'EURO',
      'a/b~c': 1,
      lines: [{ sku: '', description: 'Oat flakes', quantity: 0.0001, unitPrice: 1.5, discountPercent: 101 }],
    }
    const response = await ordering.send('POST', '/api/orders', order)
    expect(response.status).toBe(422)
    const { type, errors = [] } = await problemOf(response)
    expect(type).toBe('/problems/invalid-body')
    expect(errors.map(({ pointer }) => pointer).sort()).toEqual([
      '/a~1b~0c',
      '/currency',
      '/lines/0/discountPercent',
      '/lines/0/quantity',
      '/lines/0/sku',
      '/lines/0/unitPrice',
    ])
  })

  it('answers 400 for a body that is not JSON', async () => {
    const headers = { 'Content-Type': 'application/json' }
    const response = await ordering.fetch('/api/orders', { method: 'POST', headers, body: '{"currency":' })
    expect(response.status).toBe(400)
    expect((await problemOf(response)).type).toBe('/problems/invalid-json')
  })

  it('answers 415 for a body that does not say it is JSON', async () => {
    const headers = { 'Content-Type': 'application/xml' }
    const response = await ordering.fetch('/api/orders', { method: 'POST', headers, body: JSON.stringify(anOrder()) })
    expect(response.status).toBe(415)
    expect((await problemOf(response)).type).toBe('/problems/unsupported-media-type')
  })
})

describe('GET /api/orders', () => {
  it('lists the highest number first, page by page', async () => {
    for (let count = 1; count <= 5; count += 1) await placeDraft(ordering)
    const first = await ordering.fetch('/api/orders?limit=2')
    const page = (await first.json()) as { orders: { number: number }[]; next: number | null }
    expect(page.orders.map(({ number }) => number)).toEqual([5, 4])
    expect(page.next).toBe(4)
    expect(await listNumbers('limit=2&after=4')).toEqual([3, 2])
    const last = await ordering.fetch('/api/orders?limit=2&after=2')
    expect(await last.json()).toMatchObject({ orders: [{ number: 1 }], next: null })
  })

  it('filters by state and never lists a Deleted order', async () => {
    await placeDraft(ordering)
    await placeOrder(ordering)
    await deleteOrder(ordering, (await placeOrder(ordering)).number)
    expect(await listNumbers('')).toEqual([2, 1])
    expect(await listNumbers('state=Draft')).toEqual([1])
    expect(await listNumbers('state=Confirmed')).toEqual([2])
    expect(await listNumbers('state=Deleted')).toEqual([])
  })

  it('finds a part of the customer’s name or of the external id whatever the case, and a number', async () => {
    const customer = (name: string) => ({ ...anOrder().customer, name })
    await placeDraft(ordering, anOrder({ customer: customer('Straße & Söhne 100%'), externalId: 'Web_7' }))
    await placeDraft(ordering, anOrder({ customer: customer('ΟΔΟΣΑ ΑΕ') }))
    await placeDraft(ordering, anOrder({ customer: customer('Plain') }))
    expect(await listNumbers('q=STRASSE')).toEqual([1])
    expect(await listNumbers('q=söhne')).toEqual([1])
    expect(await listNumbers('q=WEB_')).toEqual([1])
    expect(await listNumbers('q=οδοσ')).toEqual([2])
    expect(await listNumbers('q=3')).toEqual([3])
  })

  it.each([
    ['Möwe  Tee', ['moewe', 'mowe', 'MÖWE', 'möwe tee', 'Moewe\u00a0Tee']],
    ['Moewe GmbH', ['möwe', 'moewe', 'mowe gmbh']],
    ['Lune Dorée', ['lune doree', 'LUNE  DORÉE', 'dorée']],
    ['O’Brien – Sons', [`O'Brien`, 'o´brien', 'O‘BRIEN - SONS', 'brien — sons']],
    ['Bauer Aue Joël', ['er aue', 'joel', 'el', 'auer']],
    ['Łódź Smørrebrød', ['lodz', 'smorrebrod', 'smoerrebroed']],
  ])('finds %j by what people type for it', async (name, typed) => {
    await placeDraft(ordering, anOrder({ customer: { ...anOrder().customer, name } }))
    await placeDraft(ordering, anOrder({ customer: { ...anOrder().customer, name: 'Plain' } }))
    for (const q of typed) expect([q, await listNumbers(`q=${encodeURIComponent(q)}`)]).toEqual([q, [1]])
  })

  it('finds an order by its number however it is written', async () => {
    await placeDraft(ordering)
    await placeDraft(ordering)
    for (const q of ['2', '#2', '# 2', '002', ' #02 ', 'No. 2', '２']) {
      expect([q, await listNumbers(`q=${encodeURIComponent(q)}`)]).toEqual([q, [2]])
    }
  })

  it('takes what is searched literally', async () => {
    await placeDraft(ordering, anOrder({ externalId: 'A-100%' }))
    await placeDraft(ordering, anOrder({ externalId: 'A-100' }))
    expect(await listNumbers('q=100%25')).toEqual([1])
    expect(await listNumbers('q=%25')).toEqual([1])
    expect(await listNumbers('q=_')).toEqual([])
  })

  it('answers 400 naming the parameter that is wrong', async () => {
    const response = await ordering.fetch('/api/orders?limit=201&after=x&state=Lost')
    expect(response.status).toBe(400)
    const { type, errors = [] } = await problemOf(response)
    expect(type).toBe('/problems/invalid-query')
    expect(errors.map(({ pointer }) => pointer).sort()).toEqual(['/after', '/limit', '/state'])
  })
})

describe('GET /api/orders/:number', () => {
  it('answers the order with its ETag, and to HEAD the same without it', async () => {
    await placeDraft(ordering)
    const response = await ordering.fetch('/api/orders/1')
    expect(response.status).toBe(200)
    expect(response.headers.get('ETag')).toBe('"1"')
    const head = await ordering.fetch('/api/orders/1', { method: 'HEAD' })
    expect(head.status).toBe(200)
    expect(head.headers.get('ETag')).toBe('"1"')
    expect(await head.text()).toBe('')
  })

  it('answers 304 to who has this revision already', async () => {
    await placeDraft(ordering)
    const response = await ordering.fetch('/api/orders/1', { headers: { 'If-None-Match': 'W/"1"' } })
    expect(response.status).toBe(304)
  })

  it('answers 404 for an unknown order, 410 for a Deleted one', async () => {
    await deleteOrder(ordering, (await placeDraft(ordering)).number)
    expect((await problemOf(await ordering.fetch('/api/orders/1'))).type).toBe('/problems/deleted')
    expect((await ordering.fetch('/api/orders/1')).status).toBe(410)
    expect((await ordering.fetch('/api/orders/2')).status).toBe(404)
  })
})

describe('PUT /api/orders/:number', () => {
  const amended = anOrder({ note: 'Ring twice' })

  it('answers the amended order at the next revision', async () => {
    await placeDraft(ordering)
    const response = await ordering.send('PUT', '/api/orders/1', amended, { 'If-Match': '"1"' })
    expect(response.status).toBe(200)
    expect(response.headers.get('ETag')).toBe('"2"')
    expect(await response.json()).toMatchObject({ number: 1, revision: 2, note: 'Ring twice' })
  })

  it('changes nothing for the same content', async () => {
    const { fingerprint } = await placeDraft(ordering, order10248)
    const response = await ordering.send('PUT', '/api/orders/1', order10248, { 'If-Match': '"1"' })
    expect(response.status).toBe(200)
    expect(response.headers.get('ETag')).toBe('"1"')
    expect(await readOrder(ordering, 1)).toMatchObject({ revision: 1, fingerprint })
  })

  it('keeps the external id and the day that are left out', async () => {
    await placeDraft(ordering, order10248)
    expect(await amendOrder(ordering, 1, amended)).toMatchObject({
      externalId: 'NW-10248',
      placedAt: '2012-07-04T00:00:00Z',
    })
  })

  it('amends a Confirmed order, which stays so and waits for a new number', async () => {
    await placeOrder(ordering)
    const order = await amendOrder(ordering, 1, amended)
    expect(order).toMatchObject({ state: 'Confirmed', revision: 3, confirmedSequenceNr: -1, note: 'Ring twice' })
  })

  it('answers 428 without If-Match', async () => {
    await placeDraft(ordering)
    const response = await ordering.send('PUT', '/api/orders/1', amended)
    expect(response.status).toBe(428)
    expect((await problemOf(response)).type).toBe('/problems/precondition-required')
  })

  it('answers 412 with the current ETag once it was amended by somebody else, and changes nothing', async () => {
    await placeDraft(ordering)
    await amendOrder(ordering, 1, amended)
    const response = await ordering.send('PUT', '/api/orders/1', anOrder({ note: 'Mine' }), { 'If-Match': '"1"' })
    expect(response.status).toBe(412)
    expect(response.headers.get('ETag')).toBe('"2"')
    expect(await readOrder(ordering, 1)).toMatchObject({ revision: 2, note: 'Ring twice' })
  })

  it('takes a list of tags and *, and no weak tag', async () => {
    await placeDraft(ordering)
    const put = (note: string, ifMatch: string) =>
      ordering.send('PUT', '/api/orders/1', anOrder({ note }), { 'If-Match': ifMatch })
    expect((await put('one', '"7", "1"')).status).toBe(200)
    expect((await put('two', '*')).status).toBe(200)
    expect((await put('three', 'W/"3"')).status).toBe(412)
  })

  it('lets one of two that amend the same revision at once win', async () => {
    await placeDraft(ordering)
    const put = (note: string) => ordering.send('PUT', '/api/orders/1', anOrder({ note }), { 'If-Match': '"1"' })
    const answers = await Promise.all([put('one'), put('two'), put('three')])
    expect(answers.map(({ status }) => status).sort((one, other) => one - other)).toEqual([200, 412, 412])
    expect((await readOrder(ordering, 1)).revision).toBe(2)
  })

  it('answers 409 for an external id that another order has', async () => {
    await placeDraft(ordering, order10248)
    await placeDraft(ordering)
    const response = await ordering.send('PUT', '/api/orders/2', order10248, { 'If-Match': '"1"' })
    expect(response.status).toBe(409)
    expect(await readOrder(ordering, 2)).toMatchObject({ revision: 1, externalId: null })
  })

  it('answers 404 for an unknown order, 410 for a Deleted one, 422 for a body that does not fit', async () => {
    await deleteOrder(ordering, (await placeDraft(ordering)).number)
    await placeDraft(ordering)
    const put = (number: number, body: unknown) =>
      ordering.send('PUT', `/api/orders/${number}`, body, { 'If-Match': '"1"' })
    expect((await put(1, amended)).status).toBe(410)
    expect((await put(2, { ...amended, number: 2 })).status).toBe(422)
    expect((await put(3, amended)).status).toBe(404)
  })
})

describe('POST /api/orders/:number/confirm', () => {
  it('answers the Confirmed order with a link to its invoice', async () => {
    await placeDraft(ordering)
    const response = await ordering.send('POST', '/api/orders/1/confirm')
    expect(response.status).toBe(200)
    expect(response.headers.get('Link')).toBe('<http://localhost:8788/link/new_order/1>; rel="next"')
    expect(await response.json()).toMatchObject({ state: 'Confirmed', revision: 2, confirmedBy: 'you@example.com' })
  })

  it('changes nothing when it is asked again', async () => {
    const confirmed = await placeOrder(ordering)
    expect(await confirmOrder(ordering, 1)).toEqual(confirmed)
  })

  it('answers 412 if the order is not at the revision in If-Match', async () => {
    await placeDraft(ordering)
    const response = await ordering.send('POST', '/api/orders/1/confirm', undefined, { 'If-Match': '"2"' })
    expect(response.status).toBe(412)
    expect((await readOrder(ordering, 1)).state).toBe('Draft')
  })

  it('answers 404 for an unknown order and 410 for a Deleted one', async () => {
    await deleteOrder(ordering, (await placeDraft(ordering)).number)
    expect((await ordering.send('POST', '/api/orders/1/confirm')).status).toBe(410)
    expect((await ordering.send('POST', '/api/orders/2/confirm')).status).toBe(404)
  })
})

describe('DELETE /api/orders/:number', () => {
  it('answers 204 now and again, and keeps the row', async () => {
    await placeOrder(ordering)
    expect((await ordering.send('DELETE', '/api/orders/1')).status).toBe(204)
    expect((await ordering.send('DELETE', '/api/orders/1')).status).toBe(204)
    expect(await ordering.sql('SELECT state, revision FROM orders')).toEqual([{ state: 'Deleted', revision: 3 }])
  })

  it('answers 404 for an unknown order', async () => {
    expect((await ordering.send('DELETE', '/api/orders/1')).status).toBe(404)
  })
})
