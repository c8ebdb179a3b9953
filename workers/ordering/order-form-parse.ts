import * as z from '../../shared/zod.ts'
import { chargeInput, lineInput, type OrderInput, orderInput } from '../../shared/contract.ts'
import {
  formatMoney,
  lineNet,
  parseMinorUnits,
  type TaxAtRate,
  taxesByRate,
  type Totals,
  totalsOf,
  writeMinorUnits,
} from '../../shared/money.ts'
import { fieldErrors, type FieldError } from '../../shared/problem.ts'
import { err, ok, type Result } from '../../shared/result.ts'
import { currencyOf, readInstant, type ChargeFields, type LineFields, type OrderForm } from './order-form.ts'

/** The order that the form asks for, or what is wrong in it, field by field, in words for the person who typed it. */
export function parseForm(form: OrderForm): Result<OrderInput, FieldError[]> {
  const unreadable = new Map<string, string>()
  const parsed = orderInput.safeParse(toInput(form, unreadable))
  if (parsed.success && unreadable.size === 0) return ok(parsed.data)
  const issues = parsed.success ? [] : parsed.error.issues
  const refused = fieldErrors(issues).map(({ pointer }, index) => ({ pointer, detail: explain(issues[index], form) }))
  const unread = [...unreadable].map(([pointer, detail]) => ({ pointer, detail }))
  return err([...unread, ...refused].sort(byPlace))
}

/** What the form's readable rows come to, for showing while it is filled in. */
export type FormPrices = {
  /** A line's net by its place; undefined where something cannot be read yet. */
  nets: (number | undefined)[]
  taxes: TaxAtRate[]
  totals: Totals
}

/** Prices what can be read of the form, by the same arithmetic as an order. */
export function priceForm(form: OrderForm): FormPrices {
  const currency = currencyOf(form)
  const lines = form.lines.map((line) => priced(line, currency))
  const charges = form.charges.flatMap((charge) => pricedCharge(charge, currency) ?? [])
  const readable = lines.flatMap((line) => line ?? [])
  return {
    nets: lines.map((line) => line && lineNet(line)),
    taxes: taxesByRate(readable, charges),
    totals: totalsOf(readable, charges),
  }
}

const pricedLine = z.pick(lineInput, { quantity: true, unitPrice: true, discountPercent: true, taxPercent: true })
const pricedChargeInput = z.pick(chargeInput, { amount: true, taxPercent: true })

function priced(line: LineFields, currency: string | undefined) {
  return pricedLine.safeParse({
    quantity: readDecimal(line.quantity),
    unitPrice: currency && parseMinorUnits(line.unitPrice, currency),
    discountPercent: readDecimal(line.discountPercent || '0'),
    taxPercent: readDecimal(line.taxPercent || '0'),
  }).data
}

function pricedCharge(charge: ChargeFields, currency: string | undefined) {
  return pricedChargeInput.safeParse({
    amount: currency && parseMinorUnits(charge.amount, currency),
    taxPercent: readDecimal(charge.taxPercent || '0'),
  }).data
}

function readDecimal(typed: string): number | undefined {
  return /^\d+(\.\d+)?$/.test(typed) ? Number(typed) : undefined
}

/** The input as the contract has it. What is no number is noted, and 1 stands in so that the rest is judged as well. */
function toInput(form: OrderForm, unreadable: Map<string, string>) {
  const currency = currencyOf(form)
  const number = (pointer: string, typed: string): number => {
    const value = readDecimal(typed)
    if (value === undefined) unreadable.set(pointer, typed === '' ? 'Enter a number' : numberAdvice(typed))
    return value ?? 1
  }
  const amount = (pointer: string, typed: string): number => {
    if (currency === undefined) return 1 // nothing can be said of an amount until its currency is known
    const value = parseMinorUnits(typed, currency)
    if (value === undefined) unreadable.set(pointer, typed === '' ? 'Enter an amount' : amountAdvice(typed, currency))
    return value ?? 1
  }
  const { id, name, contact, email, vatId, street, city, postalCode, country } = form.customer
  return {
    externalId: form.externalId || null,
    ...(form.placedAt === '' ? {} : { placedAt: readInstant(form.placedAt) }),
    currency: form.currency,
    customer: {
      id,
      name,
      contact: contact || null,
      email: email || null,
      vatId: vatId || null,
      address: { street, city, postalCode: postalCode || null, country },
    },
    lines: form.lines.map((line, index) => ({
      sku: line.sku,
      description: line.description,
      quantity: number(`/lines/${index}/quantity`, line.quantity),
      unitPrice: amount(`/lines/${index}/unitPrice`, line.unitPrice),
      discountPercent: number(`/lines/${index}/discountPercent`, line.discountPercent || '0'),
      taxPercent: number(`/lines/${index}/taxPercent`, line.taxPercent || '0'),
    })),
    charges: form.charges.map((charge, index) => ({
      description: charge.description,
      amount: amount(`/charges/${index}/amount`, charge.amount),
      taxPercent: number(`/charges/${index}/taxPercent`, charge.taxPercent || '0'),
    })),
    note: form.note || null,
  }
}

// Short, for they stand below fields that are as narrow as a figure.
function numberAdvice(typed: string): string {
  return typed.includes(',') ? 'Use a point, no commas' : 'Must be a number'
}

function amountAdvice(typed: string, currency: string): string {
  return typed.includes(',') ? 'Use a point, no commas' : `Write it like ${writeMinorUnits(1450, currency)}`
}

/** zod's words where they help a person; ours where they speak of types or of minor units. */
function explain(issue: z.core.$ZodIssue | undefined, form: OrderForm): string {
  if (issue === undefined) return ''
  const field = issue.path.at(-1)
  if (field === 'placedAt') return 'Write it as 2026-01-31, or 2026-01-31 14:30 in UTC'
  if (field === 'currency') return 'Choose a currency'
  if (issue.code === 'too_small' && issue.origin !== 'array') {
    return issue.inclusive === false ? `Must be above ${issue.minimum}` : `At least ${issue.minimum}`
  }
  if (issue.code === 'too_big' && issue.origin !== 'array') {
    const currency = field === 'unitPrice' || field === 'amount' ? currencyOf(form) : undefined
    const most = Number(issue.maximum)
    return `At most ${currency === undefined ? most.toLocaleString('en') : formatMoney(most, currency)}`
  }
  return issue.message
}

// As the fields stand on the page: sections first, then the fields of each.
const SECTIONS = ['customer', 'currency', 'lines', 'charges', 'placedAt', 'externalId', 'note']
const FIELDS = (
  'name id street postalCode city country contact email vatId ' +
  'sku description quantity unitPrice discountPercent amount taxPercent'
).split(' ')

/** Compares by where the fields stand on the page: the section, the row, the field. */
function byPlace(one: FieldError, other: FieldError): number {
  const [section, row, field] = placeOf(one)
  const [otherSection, otherRow, otherField] = placeOf(other)
  return section - otherSection || row - otherRow || field - otherField
}

function placeOf({ pointer }: FieldError): [section: number, row: number, field: number] {
  const parts = pointer.split('/').slice(1)
  const row = parts.find((part) => /^\d+$/.test(part)) ?? 0
  return [SECTIONS.indexOf(parts[0] ?? ''), Number(row), FIELDS.indexOf(parts.at(-1) ?? '')]
}
