import type { Customer } from '../../shared/contract.ts'
import type { FieldError } from '../../shared/problem.ts'
import { findCustomer, findProduct, searchCustomers, searchProducts } from './catalogue-store.ts'
import type { OrderingDb } from './db.ts'
import { fold } from '../../shared/fold.ts'
import { type FormPrices, priceForm } from './order-form-parse.ts'
import {
  addCharge,
  addLine,
  type FormStep,
  removeCharge,
  removeLine,
  useCustomer,
  useProduct,
} from './order-form-step.ts'
import type { OrderForm } from './order-form.ts'
import type { Product } from './product.ts'

const MOST_FOUND = 8

/** What a search in the form found. */
export type FormSearch =
  | { kind: 'customers'; q: string; found: Customer[] }
  | { kind: 'products'; row: number; q: string; found: Product[] }

/** Everything that the order form shows. */
export type OrderFormView = {
  form: OrderForm
  prices: FormPrices
  errors: readonly FieldError[]
  search: FormSearch | undefined
  /** What was typed into the search for a customer. */
  customerSearch: string
  /** The name of the field or button that has the focus when the page comes; the browser's choice without. */
  focus: string | undefined
}

type ViewExtras = Partial<Pick<OrderFormView, 'errors' | 'search' | 'customerSearch' | 'focus'>>

/** The form as its page shows it, priced. */
export function viewOf(
  form: OrderForm,
  { errors = [], search, customerSearch = '', focus }: ViewExtras = {},
): OrderFormView {
  return { form, prices: priceForm(form), errors, search, customerSearch, focus }
}

/** The form after a step that stores nothing. A step that names what is not there leaves it as it was. */
export async function takeStep(
  db: OrderingDb,
  form: OrderForm,
  step: FormStep,
  customerSearch: string,
): Promise<OrderFormView> {
  switch (step.act) {
    case 'save':
    case 'update':
    case 'take':
      return viewOf(form, { customerSearch })
    case 'add-line':
      return viewOf(addLine(form), { customerSearch, focus: `lines.${form.lines.length}.sku` })
    case 'remove-line':
      return viewOf(removeLine(form, step.row), { customerSearch, focus: `lines.${Math.max(0, step.row - 1)}.sku` })
    case 'add-charge':
      return viewOf(addCharge(form), { customerSearch, focus: `charges.${form.charges.length}.description` })
    case 'remove-charge': {
      const focus = `charges.${Math.max(0, step.row - 1)}.description`
      return viewOf(removeCharge(form, step.row), { customerSearch, focus })
    }
    case 'find-customer': {
      const found = await searchCustomers(db, customerSearch, MOST_FOUND)
      const focus = found.length === 0 ? 'customerSearch' : undefined
      return viewOf(form, { customerSearch, focus, search: { kind: 'customers', q: customerSearch, found } })
    }
    case 'use-customer': {
      const customer = await findCustomer(db, step.id)
      if (customer === undefined) return viewOf(form, { customerSearch })
      return viewOf(useCustomer(form, customer), { focus: 'lines.0.sku' })
    }
    case 'find-product':
      return findProductFor(db, form, step.row, customerSearch)
    case 'use-product': {
      const product = await findProduct(db, step.sku)
      if (product === undefined) return viewOf(form, { customerSearch })
      return viewOf(useProduct(form, step.row, product), { customerSearch, focus: `lines.${step.row}.quantity` })
    }
  }
}

/** The form with the product of that line's SKU, or with those to choose from that what was typed is part of. */
async function findProductFor(db: OrderingDb, form: OrderForm, row: number, customerSearch: string) {
  const line = form.lines[row]
  if (line === undefined) return viewOf(form, { customerSearch })
  const q = line.sku === '' ? line.description : line.sku
  const found = await searchProducts(db, q, MOST_FOUND)
  const exact = found.find(({ sku }) => fold(sku) === fold(line.sku))
  if (exact !== undefined) {
    return viewOf(useProduct(form, row, exact), { customerSearch, focus: `lines.${row}.quantity` })
  }
  const focus = found.length === 0 ? `lines.${row}.sku` : undefined
  return viewOf(form, { customerSearch, focus, search: { kind: 'products', row, q, found } })
}
