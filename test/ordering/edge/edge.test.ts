import { beforeEach, describe, expect, it } from 'vitest'
import { anOrder, placeDraft } from '../../support/orders.ts'
import type { RunningWorker } from '../../../shared/simulator/running-worker.ts'
import { startTogether, type Together } from '../../support/together.ts'

let together: Together
let ordering: RunningWorker
beforeEach(async () => {
  together = await startTogether({ ordering: { SIGN_IN_ORIGINS: 'https://one.example https://two.example' } })
  ;({ ordering } = together)
})

const JSON_TYPE = { 'Content-Type': 'application/json' }

describe('every answer', () => {
  it('carries the security headers, is not stored by anyone, and can be found in the log', async () => {
    for (const path of ['/', '/api/orders', '/api/orders/1', '/nowhere', '/health']) {
      const { headers } = await ordering.fetch(path)
      const policy = headers.get('Content-Security-Policy') ?? ''
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("script-src 'self';")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).toContain("form-action 'self' http://localhost:8788 https://one.example https://two.example;")
      expect(policy).not.toContain('unsafe')
      expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
      expect(headers.get('Referrer-Policy')).toBe('same-origin')
      expect(headers.get('Strict-Transport-Security')).toContain('max-age=')
      expect(headers.get('Cache-Control')).toBe('private, no-store')
      const id = headers.get('X-Request-Id')
      expect(together.log('request')).toContainEqual(expect.objectContaining({ requestId: id, path }))
    }
  })

  it('is logged without its query and without customers’ data', async () => {
    await placeDraft(ordering, anOrder({ note: 'do not tell' }))
    await ordering.fetch('/api/orders?q=Kornblume')
    await ordering.failDatabase({ kind: 'refuse', matching: 'instr' })
    await ordering.fetch('/api/orders?q=Kornblume')
    const lines = together.log().filter(({ level }) => level !== 'trace')
    expect(lines.length).toBeGreaterThan(2)
    expect(JSON.stringify(lines)).not.toMatch(/Kornblume|do not tell/)
  })
})

describe('a write', () => {
  it('from another origin answers 403 and does nothing', async () => {
    await placeDraft(ordering)
    for (const Origin of ['https://evil.example', 'http://localhost:8788', 'null']) {
      const response = await ordering.send('POST', '/api/orders/1/confirm', undefined, { Origin })
      expect(response.status).toBe(403)
      expect(await response.json()).toMatchObject({ type: '/problems/foreign-origin' })
    }
    expect(await ordering.sql('SELECT state FROM orders')).toEqual([{ state: 'Draft' }])
  })

  it('from a form without an origin answers 403, also to the API', async () => {
    await placeDraft(ordering)
    const form = { method: 'POST', headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: 'a=b' }
    expect((await ordering.fetch('/orders/1/confirm', form)).status).toBe(403)
    expect((await ordering.fetch('/api/orders/1/confirm', form)).status).toBe(403)
    const text = { method: 'POST', headers: { 'Content-Type': 'text/plain' }, body: JSON.stringify(anOrder()) }
    expect((await ordering.fetch('/api/orders', text)).status).toBe(403)
    expect((await ordering.fetch('/orders/1/confirm', { method: 'POST' })).status).toBe(403)
    expect(await ordering.sql('SELECT state FROM orders')).toEqual([{ state: 'Draft' }])
  })

  it('from the app’s own origin, or from a program that names none, is done', async () => {
    await placeDraft(ordering)
    const headers = { Origin: ordering.origin }
    expect((await ordering.send('POST', '/api/orders/1/confirm', undefined, headers)).status).toBe(200)
    expect((await ordering.send('POST', '/api/orders/1/confirm')).status).toBe(200)
  })
})

describe('a body', () => {
  it('above 10 MB answers 413', async () => {
    const body = ' '.repeat(10_000_001)
    const response = await ordering.fetch('/api/orders', { method: 'POST', headers: JSON_TYPE, body })
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({ type: '/problems/too-large' })
  })

  it('above 10 MB answers 413 as well when it does not say how long it is', async () => {
    const chunk = new TextEncoder().encode(' '.repeat(1_000_001))
    let sent = 0
    const body = new ReadableStream({
      pull(controller) {
        sent += 1
        if (sent > 10) controller.close()
        else controller.enqueue(chunk)
      },
    })
    const response = await together.harness.fetch(`${together.ordering.origin}/api/orders`, {
      method: 'POST',
      headers: JSON_TYPE,
      body,
      duplex: 'half',
    })
    expect(response.status).toBe(413)
  })

  it('of 10 MB is read', async () => {
    const order = JSON.stringify(anOrder())
    const body = order + ' '.repeat(10_000_000 - order.length)
    const response = await ordering.fetch('/api/orders', { method: 'POST', headers: JSON_TYPE, body })
    expect(response.status).toBe(201)
  })
})

describe('what is not there', () => {
  it('answers 404 with problem details below /api, and with a page elsewhere', async () => {
    const api = await ordering.fetch('/api/nothing')
    expect(api.status).toBe(404)
    expect(api.headers.get('Content-Type')).toBe('application/problem+json')
    const page = await ordering.fetch('/nothing')
    expect(page.status).toBe(404)
    expect(await page.text()).toMatch(/<h1[^>]*>There is nothing at this address<\/h1>/)
    const asked = await ordering.fetch('/nothing', { headers: { Accept: 'application/json' } })
    expect(asked.headers.get('Content-Type')).toBe('application/problem+json')
  })

  it('answers 405 and names in Allow what there is', async () => {
    const orders = await ordering.fetch('/api/orders', { method: 'PATCH' })
    expect(orders.status).toBe(405)
    expect(orders.headers.get('Allow')).toBe('GET, HEAD, POST')
    expect(await orders.json()).toMatchObject({ type: '/problems/method-not-allowed' })
    const imports = await ordering.fetch('/api/orders/import')
    expect(imports.headers.get('Allow')).toBe('POST')
  })

  it('GET /problems/:name explains every problem, and no other name', async () => {
    expect((await ordering.fetch('/problems/changed-here')).status).toBe(200)
    expect((await ordering.fetch('/problems/constructor')).status).toBe(404)
  })
})

it('no query answers 5xx, however odd', async () => {
  await placeDraft(ordering)
  const values = [
    '%00',
    '%ED%A0%80',
    '%',
    '%zz',
    '%F0%9F%98%80',
    '1e400',
    '-1',
    '99999999999999999999',
    '%22%27%5C',
    'NaN',
  ]
  const paths = ['/api/orders', '/orders', '/api/customers', '/api/products']
  const queries = values.flatMap((value) => ['q', 'state', 'after', 'limit'].map((name) => `${name}=${value}`))
  const odd = ['limit=1&limit=2', 'q=a&q=b', '__proto__=1', 'q[]=1', '&&&', '=', `q=${'a'.repeat(5000)}`]
  const asked = paths.flatMap((path) => [...queries, ...odd].map((query) => `${path}?${query}`))
  const numbers = ['%00', '%ED%A0%80', '%zz', '1%2f2', '0', '01', '-1', '1.5', '9007199254740993', '1'.repeat(40)]
  const places = numbers.flatMap((number) => [`/api/orders/${number}`, `/orders/${number}`])
  const all = [...asked, ...places, '/problems/%zz', '/%']
  const answers = await Promise.all(all.map(async (path) => ({ path, status: (await ordering.fetch(path)).status })))
  expect(answers.filter(({ status }) => status >= 500)).toEqual([])
})

describe('a database that does not answer', () => {
  it('answers 503 with a time to try again when its disk is full, and does what it is asked once there is room', async () => {
    await ordering.failDatabase({ kind: 'no-room', matching: 'INSERT INTO orders' })
    const refused = await ordering.send('POST', '/api/orders', anOrder())
    expect(refused.status).toBe(503)
    expect(refused.headers.get('Retry-After')).toBe('5')
    expect((await ordering.send('POST', '/api/orders', anOrder())).status).toBe(201)
    await ordering.failDatabase({ kind: 'no-room' })
    expect((await ordering.fetch('/health')).status).toBe(503)
  })

  it('makes /health answer 503', async () => {
    const well = await ordering.fetch('/health')
    expect(well.status).toBe(200)
    expect(await well.json()).toEqual({ status: 'ok' })
    await ordering.failDatabase({ kind: 'refuse' })
    expect((await ordering.fetch('/health')).status).toBe(503)
  })

  it('answers 503 with Retry-After, as problem details or as a page', async () => {
    await ordering.failDatabase({ kind: 'refuse', times: 3 })
    const api = await ordering.fetch('/api/orders/1')
    expect(api.status).toBe(503)
    expect(api.headers.get('Retry-After')).toBe('5')
    expect(await api.json()).toMatchObject({ type: '/problems/unavailable' })
    const page = await ordering.fetch('/orders')
    expect(page.status).toBe(503)
    expect(page.headers.get('Retry-After')).toBe('5')
    expect(await page.text()).toMatch(/<h1[^>]*>Ordering is unavailable<\/h1>/)
    expect(together.log('request.failed')).toHaveLength(2)
  })

  it('that lost the answer to a placed order is asked again with the same key, and makes no second order', async () => {
    await ordering.failDatabase({ kind: 'lose-answer', matching: 'INSERT INTO orders' })
    const key = { 'Idempotency-Key': 'lost' }
    expect((await ordering.send('POST', '/api/orders', anOrder(), key)).status).toBe(503)
    const again = await ordering.send('POST', '/api/orders', anOrder(), key)
    expect(again.status).toBe(201)
    expect(again.headers.get('Idempotent-Replayed')).toBe('true')
    expect(await ordering.sql('SELECT number FROM orders')).toEqual([{ number: 1 }])
  })
})
