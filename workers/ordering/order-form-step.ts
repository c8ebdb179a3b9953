import type { Customer } from '../../shared/contract.ts'
import { writeFigure } from '../../shared/assets/figure-notation.js'
import { nameCountry } from '../../shared/country.ts'
import { writeMinorUnits } from '../../shared/money.ts'
import { notationOf } from '../../shared/notation.ts'
import { emptyCharge, emptyLine, type LineFields, type OrderForm } from './order-form.ts'
import type { Product } from './product.ts'

/**
 * What a button of the order form asks for. Only `save` stores something; `row` counts from 0; `take` takes a part over
 * from what somebody else saved.
 */
export type FormStep =
  | { act: 'save' | 'update' | 'add-line' | 'add-charge' | 'find-customer' }
  | { act: 'remove-line' | 'remove-charge' | 'find-product'; row: number }
  | { act: 'use-customer'; id: string }
  | { act: 'use-product'; row: number; sku: string }
  | { act: 'take'; part: string }

/** The value of what Enter presses in a field; it saves, unless a search was what the person was typing. */
export const ENTER = 'enter'

/** The step that was asked for, by a button's value or by Enter. A form sent without either is to be saved. */
export function stepOf(action: string | undefined, form: OrderForm, customerSearch: string): FormStep {
  if (action !== ENTER) return parseStep(action ?? 'save')
  const noCustomer = Object.values(form.customer).every((text) => text === '')
  if (customerSearch !== '' && noCustomer) return { act: 'find-customer' }
  const row = form.lines.findIndex(({ sku, description, unitPrice }) => sku !== '' && description + unitPrice === '')
  return row === -1 ? { act: 'save' } : { act: 'find-product', row }
}

/** What is no step changes nothing. */
function parseStep(action: string): FormStep {
  if (action === 'save' || action === 'add-line' || action === 'add-charge' || action === 'find-customer') {
    return { act: action }
  }
  const [, act, row = '', sku = ''] = ROW_STEP.exec(action) ?? []
  if (act === 'remove-line' || act === 'remove-charge' || act === 'find-product') return { act, row: Number(row) }
  if (act === 'use-product') return { act, row: Number(row), sku }
  if (action.startsWith('use-customer.')) return { act: 'use-customer', id: action.slice('use-customer.'.length) }
  if (action.startsWith('take.')) return { act: 'take', part: action.slice('take.'.length) }
  return { act: 'update' }
}

const ROW_STEP = /^(remove-line|remove-charge|find-product|use-product)\.(\d{1,3})(?:\.(.+))?$/s

/** The value of the button that asks for the step. */
export function writeStep(step: FormStep): string {
  switch (step.act) {
    case 'save':
    case 'update':
    case 'add-line':
    case 'add-charge':
    case 'find-customer':
      return step.act
    case 'remove-line':
    case 'remove-charge':
    case 'find-product':
      return `${step.act}.${step.row}`
    case 'use-customer':
      return `${step.act}.${step.id}`
    case 'use-product':
      return `${step.act}.${step.row}.${step.sku}`
    case 'take':
      return `${step.act}.${step.part}`
  }
}

/** The form with one more line, unless it has as many as an order may have. */
export function addLine(form: OrderForm): OrderForm {
  return form.lines.length >= 200 ? form : { ...form, lines: [...form.lines, emptyLine(form.locale)] }
}

/** The form without that line; the last one is emptied instead. */
export function removeLine(form: OrderForm, row: number): OrderForm {
  const lines = form.lines.filter((_, index) => index !== row)
  return { ...form, lines: lines.length === 0 ? [emptyLine(form.locale)] : lines }
}

/** The form with one more charge, unless it has as many as an order may have. */
export function addCharge(form: OrderForm): OrderForm {
  return form.charges.length >= 20 ? form : { ...form, charges: [...form.charges, emptyCharge()] }
}

/** The form without that charge. */
export function removeCharge(form: OrderForm, row: number): OrderForm {
  return { ...form, charges: form.charges.filter((_, index) => index !== row) }
}

/** The form for this customer. */
export function useCustomer(form: OrderForm, { id, name, contact, email, vatId, address }: Customer): OrderForm {
  const { street, additional, city, postalCode, region } = address
  return {
    ...form,
    customer: {
      id,
      name,
      contact: contact ?? '',
      email: email ?? '',
      vatId: vatId ?? '',
      street,
      additional: additional ?? '',
      city,
      postalCode: postalCode ?? '',
      region: region ?? '',
      country: nameCountry(address.country),
    },
  }
}

/**
 * The form with the product in that line. Its price goes along if the order is in its currency, or has no price yet
 * and takes its currency; else the price is left to be entered, for a figure of another currency would be wrong.
 */
export function useProduct(form: OrderForm, row: number, product: Product): OrderForm {
  const others = form.lines.filter((_, index) => index !== row).map(({ unitPrice }) => unitPrice)
  const amounts = form.charges.map(({ amount }) => amount)
  const currency = [...others, ...amounts].every((price) => price === '') ? product.currency : form.currency
  const notation = notationOf(form.locale)
  const price = writeFigure(writeMinorUnits(product.unitPrice, product.currency), 'amount', notation)
  const fill = (line: LineFields): LineFields => ({
    ...line,
    sku: product.sku,
    description: product.description,
    unitPrice: currency === product.currency ? price : '',
    taxPercent: writeFigure(String(product.taxPercent), 'percentage', notation),
  })
  return { ...form, currency, lines: form.lines.map((line, index) => (index === row ? fill(line) : line)) }
}
