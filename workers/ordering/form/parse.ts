import * as z from '../../../shared/zod.ts'
import type { FigureKind } from '../../../shared/assets/typed-figure.js'
import { dayOf, startOfDay } from '../../../shared/time/business-day.ts'
import { chargeInput, lineInput, type OrderInput, orderInput } from '../../../shared/contract/order-input.ts'
import { lineNet, type TaxAtRate, taxesByRate, type Totals, totalsOf } from '../../../shared/money/totals.ts'
import { fieldErrors, type FieldError } from '../../../shared/edge/problem.ts'
import { err, ok, type Result } from '../../../shared/result.ts'
import { explainDay, parseDay } from '../../../shared/time/typed-day.ts'
import { explainFigure, figureStyle, type FigureStyle, parseFigure } from '../../../shared/money/figure-style.ts'
import { currencyOf, type ChargeFields, type LineFields, type OrderForm } from './form.ts'

/** When the order was placed, as it is stored: kept to the second while its day is; undefined for a new order. */
export type Placed = { placedAt?: string | undefined; timeZone: string }

/** The order that the form asks for, or what is wrong in it, field by field, in words for the person who typed it. */
export function parseForm(form: OrderForm, placed: Placed): Result<OrderInput, FieldError[]> {
  const unreadable = new Map<string, string>()
  const parsed = orderInput.safeParse(toInput(form, placed, unreadable))
  if (parsed.success && unreadable.size === 0) return ok(parsed.data)
  const issues = parsed.success ? [] : parsed.error.issues
  const refused = fieldErrors(issues).map(({ pointer }, index) => ({ pointer, detail: explain(issues[index]) }))
  const unread = [...unreadable].map(([pointer, detail]) => ({ pointer, detail }))
  return err([...unread, ...refused].sort(byPlace))
}

/** What the form's readable rows come to, for showing while it is filled in. */
export type FormPrices = {
  /** A line's net by its place; undefined where something cannot be read yet. */
  nets: (number | undefined)[]
  /** A charge's amount by its place, in the same way. */
  amounts: (number | undefined)[]
  taxes: TaxAtRate[]
  totals: Totals
}

/** Prices what can be read of the form, by the same arithmetic as an order. */
export function priceForm(form: OrderForm): FormPrices {
  const style = styleOf(form)
  const lines = form.lines.map((line) => priced(line, style))
  const charges = form.charges.map((charge) => pricedCharge(charge, style))
  const readable = lines.flatMap((line) => line ?? [])
  const charged = charges.flatMap((charge) => charge ?? [])
  return {
    nets: lines.map((line) => line && lineNet(line)),
    amounts: charges.map((charge) => charge?.amount),
    taxes: taxesByRate(readable, charged),
    totals: totalsOf(readable, charged),
  }
}

const pricedLine = z.lazy(() =>
  z.pick(z.unwrap(lineInput), { quantity: true, unitPrice: true, discountPercent: true, taxPercent: true }),
)
const pricedChargeInput = z.lazy(() => z.pick(z.unwrap(chargeInput), { amount: true, taxPercent: true }))

function priced(line: LineFields, style: FigureStyle) {
  return pricedLine.safeParse({
    quantity: valueOf(line.quantity, 'quantity', style),
    unitPrice: valueOf(line.unitPrice, 'amount', style),
    discountPercent: valueOf(line.discountPercent || '0', 'percentage', style),
    taxPercent: valueOf(line.taxPercent || '0', 'percentage', style),
  }).data
}

function pricedCharge(charge: ChargeFields, style: FigureStyle) {
  return pricedChargeInput.safeParse({
    amount: valueOf(charge.amount, 'amount', style),
    taxPercent: valueOf(charge.taxPercent || '0', 'percentage', style),
  }).data
}

/** NaN where it cannot be read: undefined would be a percentage that was left out, and so 0. */
function valueOf(typed: string, kind: FigureKind, style: FigureStyle): number {
  if (kind === 'amount' && style.currency === undefined) return NaN
  const read = parseFigure(typed, kind, style)
  return read.ok ? read.value : NaN
}

function styleOf(form: OrderForm): FigureStyle {
  return figureStyle(form.locale, currencyOf(form))
}

/** The input as the contract has it. What cannot be read is noted, and 1 stands for it so that the rest is judged as well. */
function toInput(form: OrderForm, placed: Placed, unreadable: Map<string, string>) {
  const style = styleOf(form)
  const figure = (kind: FigureKind, pointer: string, typed: string): number => {
    if (kind === 'amount' && style.currency === undefined) return 1 // nothing can be said of an amount without one
    const read = parseFigure(typed, kind, style)
    if (read.ok) return read.value
    unreadable.set(pointer, explainFigure(read.error, kind, style))
    return 1
  }
  const day = (pointer: string, typed: string): string | undefined => {
    const read = typed === '' ? undefined : parseDay(typed)
    if (read?.ok === false) unreadable.set(pointer, explainDay(read.error))
    return read?.ok === true ? read.value : undefined
  }
  const placedOn = day('/placedAt', form.placedAt)
  const { id, name, contact, email, vatId, ...address } = form.customer
  return {
    externalId: form.externalId,
    placedAt: placedOn && instantOf(placedOn, placed),
    currency: form.currency,
    customer: {
      id,
      name,
      contact,
      email,
      vatId,
      address,
    },
    lines: form.lines.map((line, index) => ({
      sku: line.sku,
      description: line.description,
      quantity: figure('quantity', `/lines/${index}/quantity`, line.quantity),
      unitPrice: figure('amount', `/lines/${index}/unitPrice`, line.unitPrice),
      discountPercent: figure('percentage', `/lines/${index}/discountPercent`, line.discountPercent || '0'),
      taxPercent: figure('percentage', `/lines/${index}/taxPercent`, line.taxPercent || '0'),
    })),
    charges: form.charges.map((charge, index) => ({
      description: charge.description,
      amount: figure('amount', `/charges/${index}/amount`, charge.amount),
      taxPercent: figure('percentage', `/charges/${index}/taxPercent`, charge.taxPercent || '0'),
    })),
    suppliedOn: day('/suppliedOn', form.suppliedOn) ?? null,
    taxExemptionReason: form.taxExemptionReason,
    note: form.note,
  }
}

/** The instant of the day on which the order was placed: what is stored, while its day is the same. */
function instantOf(day: string, { placedAt, timeZone }: Placed): string {
  return placedAt !== undefined && dayOf(placedAt, timeZone) === day ? placedAt : startOfDay(day, timeZone)
}

/** zod's words where they help a person; ours where they speak of types. */
function explain(issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined) return ''
  if (issue.path.at(-1) === 'currency') return 'Choose a currency'
  if (issue.code === 'too_small' && issue.origin !== 'array') {
    return issue.inclusive === false ? `Must be above ${issue.minimum}` : `At least ${issue.minimum}`
  }
  return issue.message
}

// As the fields stand on the page: sections first, then the fields of each.
const SECTIONS = [
  'customer',
  'currency',
  'lines',
  'charges',
  'placedAt',
  'externalId',
  'suppliedOn',
  'taxExemptionReason',
  'note',
]
const FIELDS = (
  'name id street additional postalCode city region country contact email vatId ' +
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
