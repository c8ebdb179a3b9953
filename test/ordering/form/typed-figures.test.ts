import { beforeEach, describe, expect, it } from 'vitest'
import { MAX_AMOUNT } from '../../../shared/contract/order.ts'
import { amendOrder, anOrder, placeDraft, readOrder } from '../../support/orders.ts'
import { startTogether, type Together } from '../../support/together.ts'

let ordering: Together['ordering']
beforeEach(async () => {
  ;({ ordering } = await startTogether())
})

const FORM = {
  'customer.id': 'KORN',
  'customer.name': 'Kornblume Naturkost',
  'customer.address.street': 'Markt 1',
  'customer.address.city': 'Jena',
  'customer.address.country': 'DE',
  currency: 'EUR',
  'lines.0.sku': 'OAT-1',
  'lines.0.description': 'Oat flakes, 1 kg',
  'lines.0.quantity': '1',
  'lines.0.unitPrice': '1',
}

describe('a form that a German browser was given', () => {
  it('reads figures as its page writes them, whatever language the browser asks for by then', async () => {
    const { fields } = await openForm('/orders/new', 'de-DE')
    const saved = await submit('/orders', {
      ...fields,
      ...FORM,
      'lines.0.quantity': '1.000',
      'lines.0.unitPrice': '1.234,50 €',
      'lines.0.discountPercent': '12,5',
      'lines.0.taxPercent': '19 %',
      'charges.0.description': 'Freight',
      'charges.0.amount': '2.000',
    })
    expect(saved.status).toBe(303)
    expect(await readOrder(ordering, 1)).toMatchObject({
      lines: [{ quantity: 1000, unitPrice: 123450, discountPercent: 12.5, taxPercent: 19 }],
      charges: [{ amount: 200000 }],
    })
  })

  it('is filled in as its page writes figures, and saves an order that nobody touched unchanged', async () => {
    const line = { sku: 'OAT-1', description: 'Oats', quantity: 1234.5, unitPrice: 123456, discountPercent: 2.5 }
    const order = await placeDraft(ordering, anOrder({ lines: [line], charges: [{ description: 'Box', amount: 5 }] }))
    const { fields } = await openForm('/orders/1/edit', 'de-DE')
    expect(fields).toMatchObject({
      locale: 'de-DE',
      'lines.0.quantity': '1234,5',
      'lines.0.unitPrice': '1234,56',
      'lines.0.discountPercent': '2,5',
      'charges.0.amount': '0,05',
    })
    expect((await submit('/orders/1/edit', fields)).status).toBe(303)
    expect(await readOrder(ordering, 1)).toEqual(order)
  })

  it('stays German where a button adds a line, where it is refused and where somebody saved meanwhile', async () => {
    await placeDraft(ordering, anOrder({ lines: [{ sku: 'A', description: 'A', quantity: 1.5, unitPrice: 250 }] }))
    const { fields } = await openForm('/orders/1/edit', 'de-DE')
    const typed = { ...fields, 'lines.0.unitPrice': '1.000,5' }
    const added = await readForm(await submit('/orders/1/edit', { ...typed, action: 'add-line' }))
    expect(added.fields).toMatchObject({ locale: 'de-DE', 'lines.0.unitPrice': '1.000,5', 'lines.1.quantity': '1' })
    expect(added.page).toContain('1.500,75\u00a0€') // 1.5 × 1000.50

    const refused = await submit('/orders/1/edit', { ...typed, 'lines.0.quantity': '1.5' })
    expect(refused.status).toBe(422)
    expect(await readForm(refused)).toMatchObject({ fields: { locale: 'de-DE', 'lines.0.quantity': '1.5' } })

    await amendOrder(ordering, 1, anOrder({ lines: [{ sku: 'A', description: 'A', quantity: 2.5, unitPrice: 250 }] }))
    const stale = await submit('/orders/1/edit', typed)
    expect(stale.status).toBe(412)
    const conflict = await readForm(stale)
    expect(conflict.fields).toMatchObject({ locale: 'de-DE', 'lines.0.unitPrice': '1.000,5' })
    expect(textOf(conflict.page)).toContain('Line 1, Unit price 1000,50 2,50')
    const taken = await submit('/orders/1/edit', { ...conflict.fields, action: 'take.lines.0.quantity' })
    expect((await readForm(taken)).fields).toMatchObject({ 'lines.0.quantity': '2,5', 'lines.0.unitPrice': '1.000,5' })
  })
})

describe('what an English page refuses rather than guess', () => {
  it.each([
    ['EUR', 'unitPrice', '2.000', 'Did you mean 2.00 or 2,000.00?'],
    ['IDR', 'unitPrice', '150.000', 'Did you mean 150.00 or 150,000.00?'],
    ['EUR', 'quantity', '1.000', 'Did you mean 1 or 1,000?'],
    ['EUR', 'unitPrice', '12,34', 'Did you mean 12.34 or 1,234.00?'],
    ['EUR', 'taxPercent', '19,0', 'Did you mean 19 or 190?'],
    ['USD', 'unitPrice', '£5', 'Leave out “ £ ”: the order is in USD'],
    ['EUR', 'unitPrice', '-5', 'Must not be below 0'],
  ])('in %s, %s %j: %s', async (currency, field, typed, message) => {
    const { fields } = await openForm('/orders/new', 'en-GB')
    const refused = await submit('/orders', { ...fields, ...FORM, currency, [`lines.0.${field}`]: typed })
    expect(refused.status).toBe(422)
    const { page, fields: shown } = await readForm(refused)
    expect(shown[`lines.0.${field}`]).toBe(typed)
    expect(textOf(page)).toContain(message)
    expect(await ordering.sql('SELECT number FROM orders')).toHaveLength(0)
  })

  it('takes the same digits where they are grouped as it groups them', async () => {
    const { fields } = await openForm('/orders/new', 'en-GB')
    const figures = { 'lines.0.quantity': '1,000', 'lines.0.unitPrice': '2,000.00', 'lines.0.taxPercent': '19%' }
    expect((await submit('/orders', { ...fields, ...FORM, ...figures })).status).toBe(303)
    expect((await readOrder(ordering, 1)).lines).toMatchObject([{ quantity: 1000, unitPrice: 200000, taxPercent: 19 }])
  })
})

describe('the language that a form says it is in', () => {
  it.each(['de_DE', 'x', '', 'de-DE\n', `en-x-${'a-'.repeat(500)}a`])(
    '%j is none: nothing is read, and the form comes back to be checked',
    async (locale) => {
      const refused = await submit('/orders', { ...FORM, locale, 'lines.0.unitPrice': '2.000' })
      expect(refused.status).toBe(422)
      const { page, fields } = await readForm(refused)
      expect(textOf(page)).toContain('its numbers were not read')
      expect(fields).toMatchObject({ locale: 'en-GB', 'lines.0.unitPrice': '2.000' })
    },
  )
})

it.each(['EUR', 'JPY', 'KWD', 'CLF', 'IDR', 'LBP'])(
  'the largest price in %s is typed in, and shown to its last digit',
  async (currency) => {
    const { fields } = await openForm('/orders/new', 'de-DE')
    const decimals = { JPY: 0, KWD: 3, CLF: 4 }[currency] ?? 2
    const digits = String(MAX_AMOUNT - 1)
    const typed = decimals === 0 ? digits : `${digits.slice(0, -decimals)},${digits.slice(-decimals)}`
    const saved = await submit('/orders', { ...fields, ...FORM, currency, 'lines.0.unitPrice': typed })
    expect(saved.status).toBe(303)
    expect((await readOrder(ordering, 1)).lines[0]?.unitPrice).toBe(MAX_AMOUNT - 1)
    expect((await openForm('/orders/1/edit', 'de-DE')).fields['lines.0.unitPrice']).toBe(typed)
  },
)

describe('the days of an order', () => {
  it('are the business’s, and the instant of placing stays while its day does', async () => {
    const order = await placeDraft(ordering, anOrder({ placedAt: '2025-12-31T23:35:12Z' }))
    const { fields } = await openForm('/orders/1/edit', 'en-GB')
    expect(fields['placedAt']).toBe('2026-01-01') // in Berlin
    expect((await submit('/orders/1/edit', fields)).status).toBe(303)
    expect(await readOrder(ordering, 1)).toEqual(order)

    expect((await submit('/orders/1/edit', { ...fields, placedAt: '2026-07-01' })).status).toBe(303)
    expect((await readOrder(ordering, 1)).placedAt).toBe('2026-06-30T22:00:00.000Z')
  })

  it.each([
    ['placedAt', '27.11.2026', 'Placed on: Write the year first: 2026-11-27'],
    ['placedAt', '3/4/2026', 'Placed on: Write the year first: 2026-04-03 or 2026-03-04'],
    ['placedAt', '2026-02-30', 'Placed on: There is no day 2026-02-30'],
    ['placedAt', '2026-01-31 14:30', 'Placed on: Write the year first: YYYY-MM-DD, such as 2026-01-31'],
    ['suppliedOn', '27.11.2026', 'Day of supply: Write the year first: 2026-11-27'],
    ['suppliedOn', '2026-02-30', 'Day of supply: There is no day 2026-02-30'],
  ])('%s %j is refused: %s', async (field, typed, message) => {
    const refused = await submit('/orders', { ...FORM, [field]: typed })
    expect(refused.status).toBe(422)
    const { page, fields } = await readForm(refused)
    expect(textOf(page)).toContain(message)
    expect(fields[field]).toBe(typed)
  })
})

/** The form of a page as a browser in this language is given it, and the fields that it would send. */
async function openForm(path: string, language: string) {
  return readForm(await ordering.fetch(path, { headers: { 'Accept-Language': language } }))
}

/** Sends a form from a browser that asks for English by now. */
function submit(path: string, fields: Record<string, string>) {
  return ordering.submit(path, fields)
}

async function readForm(answer: Awaited<ReturnType<Together['ordering']['fetch']>>) {
  const page = (await answer.text()).replaceAll(/<template[\s\S]*?<\/template>/g, '')
  const fields: Record<string, string> = {}
  for (const [tag] of page.matchAll(/<input [^>]*>/g)) fields[attributeOf(tag, 'name')] = attributeOf(tag, 'value')
  const [, chosen = ''] = /<option value="([A-Z]{3})" selected/.exec(page) ?? []
  fields['currency'] = chosen
  return { page, fields }
}

function attributeOf(tag: string, name: string): string {
  return new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? ''
}

function textOf(page: string): string {
  return page.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ')
}
