import { describe, expect, it } from 'vitest'
import { anOrder, amendOrder, placeOrder } from '../support/orders.ts'
import { startTogether } from '../support/together.ts'
import { findInvoiceOf, problemOf } from './support.ts'

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
    const response = await billing.send('POST', '/api/sync/reset', body)
    expect(response.status).toBe(422)
    const { errors } = (await response.json()) as { errors: { pointer: string }[] }
    expect(errors.map((error) => error.pointer)).toEqual([pointer])
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
    expect(await before.json()).toEqual({ compared: 0, differing: [], mended: 0, agreedUpTo: null, agreedAt: null })
    await pull()
    const after = (await (await billing.send('POST', '/api/sync/compare')).json()) as { agreedAt: string }
    expect(after).toMatchObject({ compared: 1, differing: [], mended: 0, agreedUpTo: number })
    expect(await (await billing.fetch('/api/sync')).json()).toMatchObject({
      agreedUpTo: number,
      agreedAt: after.agreedAt,
    })
  })

  it('mends a copy that was changed behind billing’s back', async () => {
    const { ordering, billing, pull } = await startTogether()
    const { number } = await placeOrder(ordering)
    await pull()
    await billing.sql(`UPDATE orders SET record = json_set(record, '$.note', 'Forged') WHERE number = ?`, number)
    const compared = await billing.send('POST', '/api/sync/compare')
    expect(await compared.json()).toMatchObject({ differing: [number], mended: 1 })
    expect(await (await billing.fetch(`/api/orders/${number}`)).json()).toMatchObject({ note: null })
  })

  it('answers 503 while ordering does not answer', async () => {
    const { ordering, billing, pull, relay } = await startTogether()
    await placeOrder(ordering)
    await pull()
    await relay.fail({ kind: 'throw' })
    expect(await problemOf(await billing.send('POST', '/api/sync/compare'))).toBe('503 /problems/unavailable')
  })
})
