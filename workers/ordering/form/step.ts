import type { Customer } from '../../../shared/contract/order.ts'
import { writeFigure } from '../../../shared/assets/typed-figure.js'
import { nameCountry } from '../../../shared/text/country.ts'
import { writeMinorUnits } from '../../../shared/money/totals.ts'
import { notationOf } from '../../../shared/money/notation.ts'
import { type ChargeFields, emptyCharge, emptyLine, type LineFields, type OrderForm } from './form.ts'
import type { Product } from '../catalogue/product.ts'

/**
 * What a button of the order form asks for. Only `save` stores something; `row` counts from 0; `take` takes a part over
 * from what somebody else saved; `scan` is a code that a scanner typed into the quantity of the product before it.
 */
export type FormStep =
  | { act: 'save' | 'update' | 'add-line' | 'add-charge' | 'find-customer' | 'put-back' | CurrencyAct }
  | { act: 'remove-line' | 'remove-charge' | 'find-product'; row: number }
  | { act: 'use-customer'; id: string }
  | { act: 'use-product'; row: number; sku: string }
  | { act: 'scan'; row: number; codes: string[]; quantity: string }
  | { act: 'take'; part: string }
/** What a clerk decides once the currency is another: to reprice, to keep the figures, or to stay with what it was. */
export type CurrencyAct = 'change-currency' | 'keep-figures' | 'keep-currency'

/** The value of what Enter presses in a field; it saves, unless a code or a search was what the person was typing. */
export const ENTER = 'enter'

/** What the page sends along so that Enter is understood without scripts. */
export type EnterContext = {
  customerSearch: string
  /** The customer search that the page has answered already. */
  customerSearched: string
  /** The line whose product Enter has found, and its quantity as the page came: a scanner types the next code there. */
  scanned: { row: number; quantity: string } | undefined
}

/** The step that was asked for, by a button's value or by Enter. A form sent without either is to be saved. */
export function stepOf(action: string | undefined, form: OrderForm, context: EnterContext): FormStep {
  if (action !== ENTER) return parseStep(action ?? 'save')
  const { customerSearch, customerSearched, scanned } = context
  const noCustomer = Object.values(form.customer).every((text) => text === '')
  if (customerSearch !== '' && (noCustomer || customerSearch !== customerSearched)) return { act: 'find-customer' }
  const codes = scanned === undefined ? [] : codesIn(form.lines[scanned.row]?.quantity ?? '', scanned.quantity)
  if (scanned !== undefined && codes.length > 0) return { act: 'scan', ...scanned, codes }
  const row = form.lines.findIndex(({ sku, description, unitPrice }) => sku !== '' && description + unitPrice === '')
  return row === -1 ? { act: 'save' } : { act: 'find-product', row }
}

/** What may have been scanned into a quantity, whose own figure is before it, behind it, or overwritten. */
function codesIn(typed: string, quantity: string): string[] {
  if (typed === quantity) return []
  const codes = [typed]
  if (typed.endsWith(quantity)) codes.unshift(typed.slice(0, typed.length - quantity.length))
  if (typed.startsWith(quantity)) codes.unshift(typed.slice(quantity.length))
  return codes.filter((code) => /\p{L}|^\d+$/u.test(code))
}

/** What is no step changes nothing. */
function parseStep(action: string): FormStep {
  const plain = PLAIN_STEPS.find((act) => act === action)
  if (plain !== undefined) return { act: plain }
  const [, act, row = '', sku = ''] = ROW_STEP.exec(action) ?? []
  if (act === 'remove-line' || act === 'remove-charge' || act === 'find-product') return { act, row: Number(row) }
  if (act === 'use-product') return { act, row: Number(row), sku }
  if (action.startsWith('use-customer.')) return { act: 'use-customer', id: action.slice('use-customer.'.length) }
  if (action.startsWith('take.')) return { act: 'take', part: action.slice('take.'.length) }
  return { act: 'update' }
}

const PLAIN_STEPS = [
  'save',
  'add-line',
  'add-charge',
  'find-customer',
  'put-back',
  'change-currency',
  'keep-figures',
  'keep-currency',
] as const
const ROW_STEP = /^(remove-line|remove-charge|find-product|use-product)\.(\d{1,3})(?:\.(.+))?$/s

/** The value of the button that asks for the step. */
export function writeStep(step: Exclude<FormStep, { act: 'scan' }>): string {
  if ('row' in step) return `${step.act}.${step.row}${step.act === 'use-product' ? `.${step.sku}` : ''}`
  if (step.act === 'use-customer') return `${step.act}.${step.id}`
  return step.act === 'take' ? `${step.act}.${step.part}` : step.act
}

/** The form with one more line, unless it has as many as an order may have. */
export function addLine(form: OrderForm): OrderForm {
  return form.lines.length >= 200 ? form : { ...form, lines: [...form.lines, emptyLine(form.locale)] }
}

/** The form with the code in its first blank line; in one more where none is blank. */
export function addCode(form: OrderForm, code: string): { form: OrderForm; row: number } {
  const blank = form.lines.findIndex(({ sku, description, unitPrice }) => sku + description + unitPrice === '')
  const row = blank === -1 ? form.lines.length : blank
  const { lines } = blank === -1 ? addLine(form) : form
  return { form: { ...form, lines: lines.map((line, index) => (index === row ? { ...line, sku: code } : line)) }, row }
}

/** The form without that line; the last one is emptied instead. */
export function removeLine(form: OrderForm, row: number): OrderForm {
  const lines = form.lines.filter((_, index) => index !== row)
  return { ...form, lines: lines.length === 0 ? [emptyLine(form.locale)] : lines }
}

/** The form with one more charge, unless it has as many as an order may have. */
export function addCharge(form: OrderForm): OrderForm {
  return form.charges.length >= 20 ? form : { ...form, charges: [...form.charges, emptyCharge(form.locale)] }
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
 * The form with the product in that line. Its price goes along if it is in the order's currency; else the price is left
 * to be entered, for a figure of another currency would be wrong.
 */
export function useProduct(form: OrderForm, row: number, product: Product): OrderForm {
  const notation = notationOf(form.locale)
  const price = writeFigure(writeMinorUnits(product.unitPrice, product.currency), 'amount', notation)
  const fill = (line: LineFields): LineFields => ({
    ...line,
    sku: product.sku,
    description: product.description,
    unitPrice: form.currency === product.currency ? price : '',
    taxPercent: writeFigure(String(product.taxPercent), 'percentage', notation),
  })
  return { ...form, lines: form.lines.map((line, index) => (index === row ? fill(line) : line)) }
}

/** A row that was taken out, and where it was; it can be put back while it is the last one. */
export type RemovedRow =
  | { list: 'lines'; row: number; fields: LineFields }
  | { list: 'charges'; row: number; fields: ChargeFields }

/** The row of a list that is taken out, unless nothing was typed in it. */
export function removedFrom(form: OrderForm, list: RemovedRow['list'], row: number): RemovedRow | undefined {
  if (list === 'lines') {
    const fields = form.lines[row]
    const typed = fields !== undefined && fields.sku + fields.description + fields.unitPrice !== ''
    return typed ? { list, row, fields } : undefined
  }
  const fields = form.charges[row]
  return fields !== undefined && fields.description + fields.amount !== '' ? { list, row, fields } : undefined
}

/** The form with the row that was taken out where it was. A line that was emptied in its place makes room for it. */
export function putBack(form: OrderForm, removed: RemovedRow): OrderForm {
  if (removed.list === 'charges') {
    return { ...form, charges: form.charges.toSpliced(removed.row, 0, removed.fields) }
  }
  const [first] = form.lines
  const emptied =
    form.lines.length === 1 && first !== undefined && first.sku + first.description + first.unitPrice === ''
  return { ...form, lines: emptied ? [removed.fields] : form.lines.toSpliced(removed.row, 0, removed.fields) }
}
