import { exactMatch, isLikeACode } from '../../../shared/assets/exact-code.js'
import type { Customer } from '../../../shared/contract/order.ts'
import type { FieldError } from '../../../shared/edge/problem.ts'
import {
  findCustomer,
  findProducts,
  type FoundCustomer,
  searchCustomersWithCurrency,
  searchProducts,
} from '../catalogue/catalogue-store.ts'
import type { OrderingDb } from '../db.ts'
import { currencyOfCustomer } from '../catalogue/usual-currency.ts'
import { type CurrencyChoice, takeCurrency } from './currency-choice.ts'
import { type FormPrices, priceForm } from './parse.ts'
import {
  addCharge,
  addCode,
  addLine,
  type FormStep,
  putBack,
  removeCharge,
  type RemovedRow,
  removedFrom,
  removeLine,
  useCustomer,
  useProduct,
} from './step.ts'
import type { OrderForm } from './form.ts'
import type { Product } from '../catalogue/product.ts'
import { listSkus, reprice, type Repricing, repricingOf } from './repricing.ts'

const MOST_FOUND = 8

/** What a search in the form found. */
export type FormSearch =
  | { kind: 'customers'; q: string; found: Customer[] }
  | { kind: 'products'; row: number; q: string; found: Product[] }

/** What is said of a line after a step: why it has no product, or its product no price. */
export type LineNote =
  | { row: number; reason: 'no_such_code'; code: string; found: number }
  | { row: number; reason: 'nothing_found'; q: string }
  | { row: number; reason: 'taken_as_quantity'; code: string; product: Product | undefined }
  | { row: number; reason: 'other_currency'; product: Product }

/** Everything that the order form shows. */
export type OrderFormView = {
  form: OrderForm
  prices: FormPrices
  errors: readonly FieldError[]
  search: FormSearch | undefined
  /** What was typed into the search for a customer. */
  customerSearch: string
  /** The search for a customer that was answered last. */
  customerSearched: string
  /** The name of the field or button that has the focus when the page comes; the browser's choice without. */
  focus: string | undefined
  choice: CurrencyChoice
  /** What a change of the currency makes of the prices, while that is asked. */
  repricing: Repricing | undefined
  note: LineNote | undefined
  /** The line whose product Enter has found. */
  scanned: number | undefined
  removed: RemovedRow | undefined
}

type ViewExtras = Partial<Omit<OrderFormView, 'form' | 'prices'>>

/** What was sent: the form in the currency that its prices are in, and what goes with it. */
export type SentForm = {
  form: OrderForm
  choice: CurrencyChoice
  customerSearch: string
  customerSearched: string
  /** The row that the last step took out. */
  removed: RemovedRow | undefined
}

/** The form as its page shows it, priced. An order that was written as a form has its currency already. */
export function viewOf(form: OrderForm, extras: ViewExtras = {}): OrderFormView {
  return {
    errors: [],
    search: undefined,
    customerSearch: '',
    customerSearched: '',
    focus: undefined,
    choice: { origin: 'chosen' },
    repricing: undefined,
    note: undefined,
    scanned: undefined,
    removed: undefined,
    ...extras,
    form,
    prices: priceForm(form),
  }
}

/** The form after a step that stores nothing. A step that names what is not there leaves it as it was. */
export async function takeStep(db: OrderingDb, sent: SentForm, step: FormStep): Promise<OrderFormView> {
  return askAboutPrices(db, await stepFurther(db, sent, step))
}

/** The view with what a change of the currency would make of the prices, where one is asked for. */
export async function askAboutPrices(db: OrderingDb, view: OrderFormView): Promise<OrderFormView> {
  const { asked } = view.choice
  if (asked === undefined) return view
  const products = await findProducts(db, listSkus(view.form))
  return { ...view, repricing: repricingOf(view.form, asked, products) }
}

async function stepFurther(db: OrderingDb, sent: SentForm, step: FormStep): Promise<OrderFormView> {
  const { form, choice } = sent
  const show = (shown: OrderForm, extras: ViewExtras = {}) => showSent(sent, shown, extras)
  switch (step.act) {
    case 'save':
    case 'update':
    case 'take':
      return show(form)
    case 'add-line':
      return show(addLine(form), { focus: `lines.${form.lines.length}.sku` })
    case 'remove-line': {
      const focus = `lines.${Math.max(0, step.row - 1)}.sku`
      return show(removeLine(form, step.row), { focus, removed: removedFrom(form, 'lines', step.row) })
    }
    case 'add-charge':
      return show(addCharge(form), { focus: `charges.${form.charges.length}.description` })
    case 'remove-charge': {
      const focus = `charges.${Math.max(0, step.row - 1)}.description`
      return show(removeCharge(form, step.row), { focus, removed: removedFrom(form, 'charges', step.row) })
    }
    case 'put-back': {
      if (sent.removed === undefined) return show(form)
      const { list, row } = sent.removed
      return show(putBack(form, sent.removed), { focus: `${list}.${row}.${list === 'lines' ? 'sku' : 'description'}` })
    }
    case 'find-customer':
      return findCustomerFor(db, sent)
    case 'use-customer': {
      const found = await findCustomer(db, step.id)
      return found === undefined ? show(form) : showCustomer(sent, found)
    }
    case 'find-product':
      return findProductFor(db, sent, step.row)
    case 'use-product': {
      const [product] = await findProducts(db, [step.sku])
      return product === undefined ? show(form) : showProduct(sent, step.row, product)
    }
    case 'scan':
      return takeScan(db, sent, step)
    case 'change-currency': {
      const to = choice.asked ?? form.currency
      const repricing = repricingOf(form, to, await findProducts(db, listSkus(form)))
      return show(reprice(form, repricing), { choice: { origin: 'chosen' }, focus: 'currency' })
    }
    case 'keep-figures':
      return show(
        { ...form, currency: choice.asked ?? form.currency },
        { choice: { origin: 'chosen' }, focus: 'currency' },
      )
    case 'keep-currency':
      return show(form, { choice: { origin: choice.origin }, focus: 'currency' })
  }
}

/** The form after a step, with what was sent beside it. */
function showSent({ choice, customerSearch, customerSearched }: SentForm, form: OrderForm, extras: ViewExtras = {}) {
  return viewOf(form, { choice, customerSearch, customerSearched, ...extras })
}

/** The form for the customer with just the id that was typed, or with those to choose from that it is part of. */
async function findCustomerFor(db: OrderingDb, sent: SentForm): Promise<OrderFormView> {
  const { form, customerSearch } = sent
  const found = await searchCustomersWithCurrency(db, customerSearch, MOST_FOUND)
  const exact = exactMatch(found, ({ customer }) => customer.id, customerSearch)
  if (exact !== undefined) return showCustomer(sent, exact)
  const customers = found.map(({ customer }) => customer)
  // Not at a button: a scanner sends the next code and Enter at once, and would choose what it knows nothing of.
  return showSent(sent, form, {
    customerSearched: customerSearch,
    focus: 'customerSearch',
    search: { kind: 'customers', q: customerSearch, found: customers },
  })
}

function showCustomer(sent: SentForm, { customer, lastCurrency }: FoundCustomer): OrderFormView {
  const taken = takeCurrency(sent.form, sent.choice, currencyOfCustomer(customer, lastCurrency))
  return viewOf(useCustomer(taken.form, customer), { choice: taken.choice, focus: 'lines.0.sku' })
}

/** The form with the product of that line's SKU, or with those to choose from that what was typed is part of. */
async function findProductFor(db: OrderingDb, sent: SentForm, row: number): Promise<OrderFormView> {
  const { form } = sent
  const line = form.lines[row]
  if (line === undefined) return showSent(sent, form)
  const q = line.sku === '' ? line.description : line.sku
  const found = await searchProducts(db, q, MOST_FOUND, form.currency)
  const exact = exactMatch(found, ({ sku }) => sku, line.sku)
  if (exact !== undefined) return showProduct(sent, row, exact)
  const note: LineNote =
    line.sku === ''
      ? { row, reason: 'nothing_found', q }
      : { row, reason: 'no_such_code', code: q, found: found.length }
  return showSent(sent, form, {
    focus: `lines.${row}.sku`,
    note: line.sku === '' && found.length > 0 ? undefined : note,
    search: found.length === 0 ? undefined : { kind: 'products', row, q, found },
  })
}

function showProduct(sent: SentForm, row: number, product: Product): OrderFormView {
  const { form } = sent
  return showSent(sent, useProduct(form, row, product), {
    focus: `lines.${row}.quantity`,
    note: product.currency === form.currency ? undefined : { row, reason: 'other_currency', product },
    scanned: row,
  })
}

type Scan = Extract<FormStep, { act: 'scan' }>

/** Whether what was typed into a quantity is one and nothing else: few digits, and no product has them for its code. */
export async function isQuantity(db: OrderingDb, { codes }: Scan): Promise<boolean> {
  return !codes.some(isLikeACode) && (await findScanned(db, codes)).length === 0
}

/**
 * The form with what a scanner typed into a quantity in a line of its own, and the quantity as it was. Digits that may
 * be either stay a quantity, and the page says so.
 */
async function takeScan(db: OrderingDb, sent: SentForm, { row, codes, quantity }: Scan): Promise<OrderFormView> {
  const { form } = sent
  const [product, another] = await findScanned(db, codes)
  const [code = ''] = codes
  const restored = form.lines.map((line, index) => (index === row ? { ...line, quantity } : line))
  if (product !== undefined && another === undefined && isLikeACode(product.sku)) {
    const added = addCode({ ...form, lines: restored }, product.sku)
    return showProduct({ ...sent, form: added.form }, added.row, product)
  }
  if (/^\d+$/.test(code)) {
    return showSent(sent, form, { note: { row, reason: 'taken_as_quantity', code: product?.sku ?? code, product } })
  }
  const added = addCode({ ...form, lines: restored }, code)
  return findProductFor(db, { ...sent, form: added.form }, added.row)
}

async function findScanned(db: OrderingDb, codes: readonly string[]): Promise<Product[]> {
  const found = await Promise.all(codes.map((code) => searchProducts(db, code, MOST_FOUND)))
  return codes.flatMap((code, index) => exactMatch(found[index] ?? [], ({ sku }) => sku, code) ?? [])
}
