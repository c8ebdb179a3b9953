import { describe, expect, it } from 'vitest'
import { findInvolvement, needsSecondPerson, parseFourEyes } from '../../workers/billing/four-eyes.ts'
import { approve, problemOf, readForm, reject } from '../billing/support.ts'
import { amendOrder, anOrder, placeOrder } from '../support/orders.ts'
import { startTogether, type Together } from '../support/together.ts'
import { insertBySql } from '../together/sql-orders.ts'

describe('an invoice needs a second person', () => {
  const rule = parseFourEyes('{"EUR": 100000, "JPY": 0}')

  it('above the amount of its currency, not at it, and in no other currency', () => {
    expect(needsSecondPerson(rule, { currency: 'EUR', gross: 100_000 })).toBe(false)
    expect(needsSecondPerson(rule, { currency: 'EUR', gross: 100_001 })).toBe(true)
    expect(needsSecondPerson(rule, { currency: 'JPY', gross: 1 })).toBe(true)
    expect(needsSecondPerson(rule, { currency: 'USD', gross: 1e15 })).toBe(false)
  })

  it('never, where nothing is set', () => {
    for (const nothing of [undefined, '', {}, '{}']) {
      expect(needsSecondPerson(parseFourEyes(nothing), { currency: 'EUR', gross: 1e15 })).toBe(false)
    }
  })

  it('always, where the var cannot be read', () => {
    for (const odd of ['{', '[]', '{"EUR": "100"}', '{"EURO": 1}', { EUR: -1 }, { EUR: 1.5 }, 7]) {
      expect(needsSecondPerson(parseFourEyes(odd), { currency: 'EUR', gross: 0 })).toBe(true)
    }
  })
})

it('whoever confirmed the order, or changed it last, is not a second person, however they are spelt', () => {
  const order = { confirmedBy: 'ana@example.com', updatedBy: 'ben@example.com' }
  expect(findInvolvement(order, 'Ana@Example.com')).toBe('confirmed')
  expect(findInvolvement(order, 'ben@example.com')).toBe('changed')
  expect(findInvolvement(order, 'eva@example.com')).toBe(undefined)
})

describe('with four eyes above 10.00 EUR', () => {
  const start = (): Promise<Together> => startTogether({ billing: { FOUR_EYES: '{"EUR": 1000}' } })
  const large = anOrder({ lines: [{ sku: 'OAT-1', description: 'Oat flakes, 1 kg', quantity: 5, unitPrice: 250 }] })

  it('who confirmed an order may not approve its invoice, by the API or the page, and is told why', async () => {
    const { ordering, billing, pull } = await start()
    await placeOrder(ordering, large)
    await pull()
    const refused = await approve(billing, 1)
    expect(await problemOf(refused)).toBe('403 /problems/four-eyes')
    const page = await (await billing.fetch('/invoices/1')).text()
    expect(page).toContain('You confirmed its order')
    expect(page).not.toContain('Approve invoice')
    expect(page).toContain('Reject invoice')
    const submitted = await billing.submit('/invoices/1/approve', await readForm(billing, '/invoices/1'))
    expect(submitted.status).toBe(403)
    expect(await submitted.text()).toContain('Nothing was decided')
    expect(await billing.sql('SELECT state FROM invoices')).toEqual([{ state: 'ToApprove' }])
  })

  it('they may approve up to that amount, and reject at any', async () => {
    const { ordering, billing, pull } = await start()
    await placeOrder(ordering)
    await placeOrder(ordering, large)
    await pull()
    expect((await approve(billing, 1)).status).toBe(200)
    expect((await reject(billing, 2, 'Too many')).status).toBe(200)
  })

  it('who changed it last may not either, and somebody else may', async () => {
    const { ordering, billing, pull } = await start()
    await insertBySql(ordering, 1)
    await insertBySql(ordering, 2)
    await ordering.sql('UPDATE order_lines SET unit_price = 900')
    await pull()
    expect((await approve(billing, 1)).status).toBe(200)
    await amendOrder(ordering, 2, large)
    await pull()
    expect(await problemOf(await approve(billing, 2))).toBe('403 /problems/four-eyes')
  })
})
