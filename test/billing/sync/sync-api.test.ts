import { describe, expect, it } from 'vitest'
import type { Order } from '../../../shared/contract/order.ts'
import { anOrder, amendOrder, placeOrder } from '../../support/orders.ts'
import type { Answer } from '../../../shared/simulator/running-worker.ts'
import { startTogether, type Together } from '../../support/together.ts'
import { findInvoiceOf, problemOf } from '../support.ts'
import { correct, orphan, poison } from '../trouble.ts'

describe('POST /api/sync/reset', () => {
  it('counts in a preview what the next pulls would do, and changes nothing', async () => {
    const { ordering, billing, pull } = await startTogether()
    const first = await placeOrder(ordering)
    const { token } = await pull()
    await amendOrder(ordering, first.number, anOrder({ note: 'Two boxes' }))
    await placeOrder(ordering)
    const response = await billing.send('POST', '/api/sync/reset', { token: null, preview: true })
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({
      preview: true,
      tokenBefore: token,
      token: null,
      created: 1,
      changed: 1,
      removed: 0,
      unchanged: 0,
      quarantined: 0,
    })
    expect(await (await billing.fetch('/api/sync')).json()).toMatchObject({ token })
  })

  it('puts the token back, and the next pull makes nothing twice', async () => {
    const { ordering, billing, pull } = await startTogether()
    const { number } = await placeOrder(ordering)
    const { token } = await pull()
    const reset = await billing.send('POST', '/api/sync/reset', { token: null, preview: false })
    expect(await reset.json()).toMatchObject({ preview: false, tokenBefore: token, token: null })
    expect(await pull()).toMatchObject({ outcome: 'ok', created: 0, unchanged: 1, token })
    await findInvoiceOf(billing, number)
  })

  it('takes the token that an earlier run ended with', async () => {
    const { ordering, billing, pull } = await startTogether()
    await placeOrder(ordering)
    const { token } = await pull()
    await placeOrder(ordering)
    await pull()
    expect((await billing.send('POST', '/api/sync/reset', { token, preview: false })).status).toBe(200)
    expect(await pull()).toMatchObject({ outcome: 'ok', created: 0, unchanged: 1 })
  })

  it.each([
    [{ token: 'mine', preview: true }, '/token'],
    [{ token: '', preview: false }, '/token'],
    [{ token: 7, preview: true }, '/token'],
    [{ preview: true }, '/token'],
    [{ token: null }, '/preview'],
    [{ token: null, preview: true, force: true }, '/force'],
  ])('answers 422 to %j and points at %s', async (body, pointer) => {
    const { billing } = await startTogether()
    expect(await pointersOf(await billing.send('POST', '/api/sync/reset', body))).toEqual([pointer])
  })

  it('answers 503 to a preview while ordering does not answer', async () => {
    const { billing, relay } = await startTogether()
    await relay.fail({ kind: 'throw' })
    const response = await billing.send('POST', '/api/sync/reset', { token: null, preview: true })
    expect(response.headers.get('Retry-After')).toBe('5')
    expect(await problemOf(response)).toBe('503 /problems/unavailable')
  })
})

describe('POST /api/sync/compare', () => {
  it('compares nothing before the first pull, and agrees after it', async () => {
    const { ordering, billing, pull } = await startTogether()
    const { number } = await placeOrder(ordering)
    const before = await billing.send('POST', '/api/sync/compare')
    expect(await before.json()).toEqual({ compared: 0, differing: [], corrected: 0, agreedUpTo: null, agreedAt: null })
    await pull()
    const after = (await (await billing.send('POST', '/api/sync/compare')).json()) as { agreedAt: string }
    expect(after).toMatchObject({ compared: 1, differing: [], corrected: 0, agreedUpTo: number })
    expect(await (await billing.fetch('/api/sync')).json()).toMatchObject({
      agreedUpTo: number,
      agreedAt: after.agreedAt,
    })
  })

  it('corrects a copy that was changed behind billing’s back', async () => {
    const { ordering, billing, pull } = await startTogether()
    const { number } = await placeOrder(ordering)
    await pull()
    await billing.sql(`UPDATE orders SET record = json_set(record, '$.note', 'Forged') WHERE number = ?`, number)
    const compared = await billing.send('POST', '/api/sync/compare')
    expect(await compared.json()).toMatchObject({ differing: [number], corrected: 1 })
    expect(await (await billing.fetch(`/api/orders/${number}`)).json()).toMatchObject({ note: null })
  })

  it.each([
    ['does not answer', { kind: 'throw' }, '503 /problems/unavailable'],
    ['is writing too much', { kind: 'answer', status: 409, body: '{}' }, '409 /problems/unsettled'],
    ['was restored', { kind: 'answer', status: 410, body: '{}' }, '409 /problems/conflict'],
  ] as const)('says so while ordering %s', async (_, fault, problem) => {
    const { ordering, billing, pull, relay } = await startTogether()
    await placeOrder(ordering)
    await pull()
    await relay.fail(fault)
    expect(await problemOf(await billing.send('POST', '/api/sync/compare'))).toBe(problem)
  })

  it('answers 409 while a repair is under way', async () => {
    const { ordering, billing, pull } = await startTogether()
    await placeOrder(ordering)
    await pull()
    await billing.sql(`UPDATE order_pull SET repair = 'reading'`)
    expect(await problemOf(await billing.send('POST', '/api/sync/compare'))).toBe('409 /problems/conflict')
  })
})

describe('POST /api/sync/quarantine/retry', () => {
  it('heals a record that was corrected, by its subject', async () => {
    const together = await startTogether()
    const { number } = await placeOrder(together.ordering)
    await poison(together, number)
    expect(await readSync(together)).toMatchObject({
      quarantined: [{ subject: `order:${number}`, number, attempts: 1 }],
    })
    await correct(together, number)
    const retried = await together.billing.send('POST', '/api/sync/quarantine/retry', { subject: `order:${number}` })
    expect(await retried.json()).toEqual({ subject: `order:${number}`, attempt: 'released' })
    expect(await readSync(together)).toMatchObject({ quarantined: [] })
    await findInvoiceOf(together.billing, number)
  })

  it('counts an attempt that found it unfit again, by its order’s number', async () => {
    const together = await startTogether()
    const { number } = await placeOrder(together.ordering)
    await poison(together, number)
    const retried = await together.billing.send('POST', '/api/sync/quarantine/retry', { number })
    expect(await retried.json()).toEqual({ subject: `order:${number}`, attempt: 'unfit' })
    expect(await readSync(together)).toMatchObject({ quarantined: [{ number, attempts: 2 }] })
  })

  it('blames no record while ordering does not answer', async () => {
    const together = await startTogether()
    const { number } = await placeOrder(together.ordering)
    await poison(together, number)
    await together.relay.fail({ kind: 'throw' })
    const retried = await together.billing.send('POST', '/api/sync/quarantine/retry', { number })
    expect(retried.headers.get('Retry-After')).toBe('5')
    expect(await problemOf(retried)).toBe('503 /problems/unavailable')
    expect(await readSync(together)).toMatchObject({ quarantined: [{ number, attempts: 1 }] })
  })

  it('answers 404 to what does not wait', async () => {
    const { billing } = await startTogether()
    expect(await problemOf(await billing.send('POST', '/api/sync/quarantine/retry', { number: 4711 }))).toBe(
      '404 /problems/not-found',
    )
  })

  it.each([
    [{}, '/subject'],
    [{ subject: 'order:1', number: 1 }, '/subject'],
    [{ subject: '' }, '/subject'],
    [{ number: 0 }, '/number'],
    [{ number: 1, force: true }, '/force'],
  ])('answers 422 to %j and points at %s', async (body, pointer) => {
    const { billing } = await startTogether()
    expect(await pointersOf(await billing.send('POST', '/api/sync/quarantine/retry', body))).toEqual([pointer])
  })
})

describe('POST /api/sync/orphans/restore', () => {
  it('names in a preview what would go back, and changes nothing', async () => {
    const together = await startTogether()
    const { number } = await placeOrder(together.ordering)
    await together.pull()
    await orphan(together, number)
    expect(await readSync(together)).toMatchObject({ orphaned: [number], repair: null })
    const preview = await together.billing.send('POST', '/api/sync/orphans/restore', { preview: true })
    expect(await preview.json()).toEqual({ preview: true, restored: [number], refused: [] })
    expect((await together.ordering.fetch(`/api/orders/${number}`)).status).toBe(404)
  })

  it('restores the orders under their own numbers, and their copies are orphans no longer', async () => {
    const together = await startTogether()
    const order = await placeOrder(together.ordering)
    await together.pull()
    await orphan(together, order.number)
    const restored = await together.billing.send('POST', '/api/sync/orphans/restore', { preview: false })
    expect(await restored.json()).toEqual({ preview: false, restored: [order.number], refused: [] })
    const { state, totals } = (await (await together.ordering.fetch(`/api/orders/${order.number}`)).json()) as Order
    expect({ state, totals }).toEqual({ state: 'Confirmed', totals: order.totals })
    await together.pull()
    expect(await readSync(together)).toMatchObject({ orphaned: [], health: [] })
  })

  it('leaves those whose external id is taken by now', async () => {
    const together = await startTogether()
    const { number } = await placeOrder(together.ordering, anOrder({ externalId: 'A-1' }))
    await together.pull()
    await orphan(together, number)
    await placeOrder(together.ordering, anOrder({ externalId: 'A-1' }))
    const restored = await together.billing.send('POST', '/api/sync/orphans/restore', { preview: false })
    expect(await restored.json()).toEqual({
      preview: false,
      restored: [],
      refused: [{ number, reason: 'external_id_taken' }],
    })
  })

  it('answers 503 while ordering does not answer, and 422 without saying whether it is a preview', async () => {
    const together = await startTogether()
    const { number } = await placeOrder(together.ordering)
    await together.pull()
    await orphan(together, number)
    await together.relay.fail({ kind: 'throw' })
    const failed = await together.billing.send('POST', '/api/sync/orphans/restore', { preview: false })
    expect(await problemOf(failed)).toBe('503 /problems/unavailable')
    expect(await pointersOf(await together.billing.send('POST', '/api/sync/orphans/restore', {}))).toEqual(['/preview'])
  })
})

async function readSync({ billing }: Together): Promise<unknown> {
  return (await billing.fetch('/api/sync')).json()
}

async function pointersOf(response: Answer): Promise<string[]> {
  expect(response.status).toBe(422)
  const { errors } = (await response.json()) as { errors: { pointer: string }[] }
  return errors.map((error) => error.pointer)
}
