import { describe, expect, it } from 'vitest'
import {
  findCreditInvolvement,
  findInvolvement,
  needsSecondPerson,
  parseFourEyes,
} from '../../../workers/billing/documents/four-eyes.ts'
import { approve, headingOf, problemOf, readForm, readInvoice, reject } from '../../billing/support.ts'
import { amendOrder, anOrder, placeOrder } from '../../support/orders.ts'
import { startTogether, type Together } from '../../support/together.ts'
import { insertBySql } from '../../together/sql-orders.ts'

describe('an invoice needs a second person', () => {
  const rule = parseFourEyes('{"EUR": 100000, "JPY": 0}')

  it('above the amount of its currency, not at it, and at any in another currency', () => {
    expect(needsSecondPerson(rule, { currency: 'EUR', gross: 100_000 })).toBe(false)
    expect(needsSecondPerson(rule, { currency: 'EUR', gross: 100_001 })).toBe(true)
    expect(needsSecondPerson(rule, { currency: 'JPY', gross: 1 })).toBe(true)
    expect(needsSecondPerson(rule, { currency: 'USD', gross: 1 })).toBe(true)
    expect(needsSecondPerson(rule, { currency: 'USD', gross: 0 })).toBe(false)
  })

  it('above the amount for all others, where one is said', () => {
    const others = parseFourEyes({ EUR: 100_000, others: 500 })
    expect(needsSecondPerson(others, { currency: 'KWD', gross: 500 })).toBe(false)
    expect(needsSecondPerson(others, { currency: 'KWD', gross: 501 })).toBe(true)
    expect(needsSecondPerson(others, { currency: 'EUR', gross: 501 })).toBe(false)
    expect(needsSecondPerson(parseFourEyes('{"others": 7}'), { currency: 'EUR', gross: 8 })).toBe(true)
  })

  it('never, where nothing is set', () => {
    for (const nothing of [undefined, '', {}, '{}']) {
      expect(needsSecondPerson(parseFourEyes(nothing), { currency: 'EUR', gross: 1e15 })).toBe(false)
    }
  })

  it('always, where the var cannot be read', () => {
    for (const odd of ['{', '[]', '{"EUR": "100"}', '{"EURO": 1}', '{"other": 1}', { EUR: -1 }, { EUR: 1.5 }, 7]) {
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

it('who approved an invoice is no second person to credit it, nor is who confirmed or changed its order', () => {
  const invoice = { decidedBy: 'eva@example.com' }
  const order = { confirmedBy: 'ana@example.com', updatedBy: 'ben@example.com' }
  expect(findCreditInvolvement(invoice, order, 'Eva@example.com')).toBe('approved')
  expect(findCreditInvolvement(invoice, order, 'ana@example.com')).toBe('confirmed')
  expect(findCreditInvolvement(invoice, order, 'ben@example.com')).toBe('changed')
  expect(findCreditInvolvement(invoice, order, 'kim@example.com')).toBe(undefined)
  expect(findCreditInvolvement(invoice, undefined, 'ana@example.com')).toBe(undefined)
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
    await ordering.sql(`UPDATE orders SET lines = json_set(lines, '$[0].unitPrice', 900)`)
    await pull()
    expect((await approve(billing, 1)).status).toBe(200)
    await amendOrder(ordering, 2, large)
    await pull()
    expect(await problemOf(await approve(billing, 2))).toBe('403 /problems/four-eyes')
  })
})

describe('with four eyes, a credit', () => {
  const billing = { FOUR_EYES: '{"EUR": 1000}' }
  const twoLines = anOrder({
    lines: [
      { sku: 'OAT-1', description: 'Oat flakes, 1 kg', quantity: 3, unitPrice: 250 },
      { sku: 'RYE-1', description: 'Rye flour, 1 kg', quantity: 3, unitPrice: 250 },
    ],
  })
  const PATH = '/invoices/1/credit'
  const REFUSED = '403 /problems/four-eyes'

  async function credit({ billing }: Together, id: number, request: object): Promise<string> {
    const { etag } = await readInvoice(billing, id)
    const path = `/api/invoices/${id}/credit-notes`
    const answer = await billing.send('POST', path, { reason: 'Broken', ...request }, { 'If-Match': etag })
    return answer.status === 201 ? '201' : problemOf(answer)
  }

  it('is given by none of those who entered or approved, whole, reissued or in parts, and by a third person', async () => {
    const together = await startTogether({ billing, as: 'ana@example.com' })
    for (let nr = 1; nr <= 2; nr += 1) await placeOrder(together.ordering, twoLines)
    await together.pull()

    await together.restart({ billing, as: 'eva@example.com' })
    for (const id of [1, 2]) expect((await approve(together.billing, id)).status).toBe(200)
    expect(await credit(together, 1, {})).toBe(REFUSED)
    expect(await credit(together, 1, { reissue: true })).toBe(REFUSED)
    const page = await (await together.billing.fetch(PATH)).text()
    expect(page).toContain('You approved it. All its credit notes together may add up to')
    expect(page).toContain('€10.00')
    const form = { ...(await readForm(together.billing, PATH)), scope: 'all', reason: 'Broken on the way' }
    const refused = await together.billing.submit(PATH, form)
    const answered = await refused.text()
    expect([refused.status, headingOf(answered)]).toEqual([403, headingOf(page)])
    expect(answered).toContain('Somebody else must credit this. Nothing was credited.')
    expect(answered).toContain('Broken on the way')
    // 7.50 of it may be; the other half makes 15.00 of the two.
    expect(await credit(together, 1, { lines: [0] })).toBe('201')
    expect(await credit(together, 1, { lines: [1] })).toBe(REFUSED)
    expect(together.log('request.refused').map(({ reason, by }) => [reason, by])).toEqual(
      Array.from({ length: 4 }, () => ['four_eyes', 'eva@example.com']),
    )

    await together.restart({ billing, as: 'kim@example.com' })
    expect(await (await together.billing.fetch(PATH)).text()).not.toContain('second person')
    expect(await credit(together, 1, { reissue: true })).toBe('201')

    await together.restart({ billing, as: 'ana@example.com' })
    expect(await credit(together, 2, {})).toBe(REFUSED)
    // The new invoice for the order that she confirmed.
    expect(await problemOf(await approve(together.billing, 1_000_000_000_001))).toBe(REFUSED)
    expect(await together.billing.sql('SELECT count(*) AS notes FROM credit_notes')).toEqual([{ notes: 2 }])
  }, 120_000)

  it('has no form where not the smallest part may be credited, as in a currency that is not named', async () => {
    const together = await startTogether({ billing: { FOUR_EYES: '{"USD": 1000}' } })
    await insertBySql(together.ordering, 1)
    await together.pull()
    expect((await approve(together.billing, 1)).status).toBe(200)
    const page = await (await together.billing.fetch(PATH)).text()
    expect(page).toContain('Somebody else must credit this invoice')
    expect(page).not.toContain('<textarea')
    expect(await credit(together, 1, {})).toBe(REFUSED)
  })
})

it('an order in a currency that is not named needs a second person, approved alone or among several', async () => {
  const { ordering, billing, pull } = await startTogether({ billing: { FOUR_EYES: '{"EUR": 1000}' } })
  await placeOrder(ordering, anOrder({ currency: 'CHF' }))
  await pull()
  expect(await problemOf(await approve(billing, 1))).toBe('403 /problems/four-eyes')
  await billing.submit('/approvals', await readForm(billing, '/approvals?id=1'))
  expect(await billing.sql('SELECT state FROM invoices')).toEqual([{ state: 'ToApprove' }])
})
