import { beforeAll, describe, expect, it } from 'vitest'
import { readInvoice } from '../../billing/support.ts'
import { sentFields } from '../../support/html-form.ts'
import { anOrder, confirmOrder, type Draft, importOrders, placeDraft } from '../../support/orders.ts'
import { startTogether, type Together } from '../../support/together.ts'

let together: Together
beforeAll(async () => {
  together = await startTogether()
})

/** The form for a new order as a person fills it in who reads English: the fields by their names. */
async function submitForm(order: Draft, typed: Record<string, string>) {
  const { ordering } = together
  const page = await (await ordering.fetch('/orders/new', { headers: { 'Accept-Language': 'en-GB' } })).text()
  const { customer, currency, lines } = order
  const said = {
    currency,
    'customer.id': customer.id,
    'customer.name': customer.name,
    'customer.address.street': customer.address.street,
    'customer.address.city': customer.address.city,
    'customer.address.country': customer.address.country,
    'lines.0.sku': lines[0]?.sku ?? '',
    'lines.0.description': lines[0]?.description ?? '',
    'lines.0.quantity': '1',
    'lines.0.unitPrice': '1.00',
    ...typed,
    action: 'save',
  }
  return ordering.submit('/orders', { ...Object.fromEntries(sentFields(page)), ...said })
}

/** The fields of a page's form that an error stands at, and what it says. */
function errorsOf(html: string): [field: string, message: string][] {
  return [...html.matchAll(/class="field-error" id="field-([^"]*)-error">(.*?)<\/p>/gs)].map(
    ([, field = '', message = '']) => [
      field,
      message
        .replaceAll(/<[^>]*>/g, '')
        .replace('Error:', '')
        .trim(),
    ],
  )
}

async function postForErrors(order: Draft): Promise<unknown> {
  const answer = await together.ordering.send('POST', '/api/orders', order)
  const { errors } = (await answer.json()) as { errors?: { pointer: string }[] }
  return [answer.status, errors?.map(({ pointer }) => pointer)]
}

describe('a unit price of 1e12 minor units', () => {
  const priced = (unitPrice: number, parts: Partial<Draft> = {}): Draft =>
    anOrder({ currency: 'IDR', lines: [{ sku: 'A', description: 'A bridge', quantity: 1, unitPrice }], ...parts })

  it('is taken by API, form and import, and stands on the invoice', async () => {
    const { ordering, billing, pull } = together
    const posted = await placeDraft(ordering, priced(1e12))
    const typed = await submitForm(priced(0), { 'lines.0.unitPrice': '10,000,000,000.00' })
    expect(typed.status).toBe(303)
    const entered = Number(/\d+$/.exec(typed.headers.get('Location') ?? '')?.[0])
    const line = { ...priced(1e12), externalId: 'BRIDGE', state: 'Confirmed' as const }
    expect(await importOrders(ordering, [line])).toMatchObject({ created: 1, failed: [] })
    await confirmOrder(ordering, posted.number)
    await confirmOrder(ordering, entered)
    await pull()
    for (const id of [posted.number, entered, entered + 1]) {
      const { invoice } = await readInvoice(billing, id)
      expect([invoice.lines[0]?.unitPrice, invoice.gross]).toEqual([1e12, 1e12])
      expect(await (await billing.fetch(`/invoices/${id}`)).text()).toContain('10,000,000,000.00')
    }
  })

  it('is the greatest: one more is refused by its field', async () => {
    expect(await postForErrors(priced(1e12 + 1))).toEqual([422, ['/lines/0/unitPrice']])
    const typed = await submitForm(priced(0), { 'lines.0.unitPrice': '10,000,000,000.01' })
    expect(typed.status).toBe(422)
    expect(errorsOf(await typed.text()).map(([field]) => field)).toEqual(['lines-0-unitPrice'])
    const line = { ...priced(1e12 + 1), externalId: 'TOO-MUCH' }
    expect(await importOrders(together.ordering, [line])).toMatchObject({
      created: 0,
      failed: [{ line: 1, externalId: 'TOO-MUCH', problem: { errors: [{ pointer: '/lines/0/unitPrice' }] } }],
    })
  })
})

/** What stands for nothing that can be seen, alone, as a customer's whole name. */
const INVISIBLE = [
  '\u00ad',
  '\u034f',
  '\u061c',
  '\u115f',
  '\u1160',
  '\u17b4',
  '\u180b',
  '\u180e',
  '\u200b',
  '\u200c',
  '\u200d',
  '\u200e',
  '\u200f',
  '\u2060',
  '\u2062',
  '\u206a',
  '\u2800',
  '\u3164',
  '\ufe0f',
  '\uffa0',
  '\ufff9',
  '\u{e0041}',
]
const NON_CHARACTERS = ['\ufdd0', '\ufffe', '\uffff', '\u{1fffe}', '\u{10ffff}']

describe('a customer’s name', () => {
  const named = (name: string): Draft => anOrder({ customer: { ...anOrder().customer, name } })

  it.each([
    ['alone cannot be seen', INVISIBLE.map((name): [string, string] => [name, 'Enter the customer’s name'])],
    [
      'is a non-character of Unicode',
      NON_CHARACTERS.map((one): [string, string] => [`Korn${one}blume`, 'Non-characters of Unicode are not allowed']),
    ],
  ])('that %s is refused by its field at each door', async (_, names) => {
    const { ordering } = together
    for (const [name, message] of names) {
      const code = [...name].map((each) => each.codePointAt(0)?.toString(16))
      expect([code, await postForErrors(named(name))]).toEqual([code, [422, ['/customer/name']]])
      const typed = await submitForm(named(name), {})
      expect([code, typed.status, errorsOf(await typed.text())]).toEqual([code, 422, [['customer-name', message]]])
    }
    const lines = names.map(([name], index) => ({ ...named(name), externalId: `N-${index}` }))
    const { created, failed } = (await importOrders(ordering, lines)) as {
      created: number
      failed: { problem: { errors: { pointer: string; detail: string }[] } }[]
    }
    expect(created).toBe(0)
    expect(failed.map(({ problem }) => problem.errors)).toEqual(
      names.map(([, detail]) => [{ pointer: '/customer/name', detail }]),
    )
  })
})
