import type { SentFields } from '../edge/sent-fields.ts'
import type { OrderInput } from '../../../shared/contract/order-input.ts'
import { writeFigure } from '../../../shared/assets/typed-figure.js'
import { dayOf } from '../../../shared/time/business-day.ts'
import { nameCountry } from '../../../shared/text/country.ts'
import { isCurrency } from '../../../shared/money/currency.ts'
import { writeMinorUnits } from '../../../shared/money/totals.ts'
import { notationOf } from '../../../shared/money/notation.ts'
import { normalizeText } from '../../../shared/text/text.ts'

/** A customer as typed. */
export type CustomerFields = {
  id: string
  name: string
  contact: string
  email: string
  vatId: string
  street: string
  additional: string
  city: string
  postalCode: string
  region: string
  country: string
}
/** A line as typed. */
export type LineFields = {
  sku: string
  description: string
  quantity: string
  unitPrice: string
  discountPercent: string
  taxPercent: string
}
/** A charge as typed. */
export type ChargeFields = { description: string; amount: string; taxPercent: string }
/** Where a form is filled in: how its page writes figures, and the business's time zone, an IANA name, for its days. */
export type FormPlace = { locale: string; timeZone: string }
/** An order as a person types it: texts, whether they can be read or not. */
export type OrderForm = {
  /** In which its figures are written: that of the page on which they were typed. */
  locale: string
  externalId: string
  /** A day where the business is, YYYY-MM-DD. */
  placedAt: string
  currency: string
  customer: CustomerFields
  lines: LineFields[]
  charges: ChargeFields[]
  suppliedOn: string
  taxExemptionReason: string
  note: string
}

const LINE_FIELDS = ['sku', 'description', 'quantity', 'unitPrice', 'discountPercent', 'taxPercent'] as const
const CHARGE_FIELDS = ['description', 'amount', 'taxPercent'] as const
// Somewhat above what an order may have, so that one too many is told and not cut off.
const MOST_ROWS_SHOWN = 250

/** A form with nothing in it but one line to begin with. */
export function emptyForm(currency: string, locale: string): OrderForm {
  return {
    locale,
    externalId: '',
    placedAt: '',
    currency,
    customer: {
      id: '',
      name: '',
      contact: '',
      email: '',
      vatId: '',
      street: '',
      additional: '',
      city: '',
      postalCode: '',
      region: '',
      country: '',
    },
    lines: [emptyLine(locale)],
    charges: [],
    suppliedOn: '',
    taxExemptionReason: '',
    note: '',
  }
}

/** A line to be filled in. Its tax is written out: who leaves it as it is sees what applies. */
export function emptyLine(locale: string): LineFields {
  const notation = notationOf(locale)
  const quantity = writeFigure('1', 'quantity', notation)
  const taxPercent = writeFigure('0', 'percentage', notation)
  return { sku: '', description: '', quantity, unitPrice: '', discountPercent: '', taxPercent }
}

/** A charge to be filled in. */
export function emptyCharge(locale: string): ChargeFields {
  return { description: '', amount: '', taxPercent: writeFigure('0', 'percentage', notationOf(locale)) }
}

/**
 * The form from what a browser sent. A field's name is its JSON Pointer in `OrderInput` with dots for slashes
 * (`lines.0.unitPrice`); rows come in the order of their numbers, which may have gaps where one was taken out.
 * @param locale of the page that the form was sent from
 */
export function readForm(sent: SentFields, locale: string): OrderForm {
  // A browser sends line breaks as CR LF, whatever was typed.
  const field = (name: string) => normalizeText(sent.get(name) ?? '')
  return {
    locale,
    externalId: field('externalId'),
    placedAt: field('placedAt'),
    currency: field('currency'),
    customer: {
      id: field('customer.id'),
      name: field('customer.name'),
      contact: field('customer.contact'),
      email: field('customer.email'),
      vatId: field('customer.vatId'),
      street: field('customer.address.street'),
      additional: field('customer.address.additional'),
      city: field('customer.address.city'),
      postalCode: field('customer.address.postalCode'),
      region: field('customer.address.region'),
      country: field('customer.address.country'),
    },
    lines: readRows(sent, 'lines', LINE_FIELDS),
    charges: readRows(sent, 'charges', CHARGE_FIELDS),
    suppliedOn: field('suppliedOn'),
    taxExemptionReason: field('taxExemptionReason'),
    note: field('note'),
  }
}

function readRows<Field extends string>(
  sent: SentFields,
  list: 'lines' | 'charges',
  fields: readonly Field[],
): Record<Field, string>[] {
  const indexes = new Set<number>()
  for (const name of sent.keys()) {
    const [, index] = new RegExp(`^${list}\\.(\\d{1,6})\\.`).exec(name) ?? []
    if (index !== undefined) indexes.add(Number(index))
  }
  return [...indexes]
    .sort((one, other) => one - other)
    .slice(0, MOST_ROWS_SHOWN)
    .map((index) => {
      const entries = fields.map((field) => [field, normalizeText(sent.get(`${list}.${index}.${field}`) ?? '')])
      return Object.fromEntries(entries) as Record<Field, string>
    })
}

/** What a browser would send of the form: the reverse of `readForm`. */
export function fieldsOf(form: OrderForm): Map<string, string> {
  const { id, name, contact, email, vatId, ...address } = form.customer
  const nested = { ...form, customer: { id, name, contact, email, vatId, address } }
  return new Map(leavesOf(nested, ''))
}

function leavesOf(value: object, prefix: string): [string, string][] {
  return Object.entries(value).flatMap(([key, member]: [string, string | object]) =>
    typeof member === 'string' ? [[prefix + key, member]] : leavesOf(member, `${prefix}${key}.`),
  )
}

/** The form that says what the order says; sent back as it is, it makes the same order. */
export function writeForm(order: OrderInput, { locale, timeZone }: FormPlace): OrderForm {
  const { id, name, contact, email, vatId, address } = order.customer
  const notation = notationOf(locale)
  const writeNumber = (value: number) => writeFigure(String(value), 'quantity', notation)
  const writeAmount = (minorUnits: number) =>
    writeFigure(writeMinorUnits(minorUnits, order.currency), 'amount', notation)
  return {
    locale,
    externalId: order.externalId ?? '',
    placedAt: order.placedAt === undefined ? '' : dayOf(order.placedAt, timeZone),
    currency: order.currency,
    customer: {
      id,
      name,
      contact: contact ?? '',
      email: email ?? '',
      vatId: vatId ?? '',
      street: address.street,
      additional: address.additional ?? '',
      city: address.city,
      postalCode: address.postalCode ?? '',
      region: address.region ?? '',
      country: nameCountry(address.country),
    },
    lines: order.lines.map((line) => ({
      sku: line.sku,
      description: line.description,
      quantity: writeNumber(line.quantity),
      unitPrice: writeAmount(line.unitPrice),
      discountPercent: writeNumber(line.discountPercent),
      taxPercent: writeNumber(line.taxPercent),
    })),
    charges: order.charges.map((charge) => ({
      description: charge.description,
      amount: writeAmount(charge.amount),
      taxPercent: writeNumber(charge.taxPercent),
    })),
    suppliedOn: order.suppliedOn ?? '',
    taxExemptionReason: order.taxExemptionReason ?? '',
    note: order.note ?? '',
  }
}

/** The form without rows in which nothing was typed; one line stays, so that there is one to fill in. */
export function withoutBlankRows(form: OrderForm): OrderForm {
  const lines = form.lines.filter(({ sku, description, unitPrice }) => sku + description + unitPrice !== '')
  return {
    ...form,
    lines: lines.length > 0 ? lines : [form.lines[0] ?? emptyLine(form.locale)],
    charges: form.charges.filter(({ description, amount }) => description + amount !== ''),
  }
}

/** The currency that the form's amounts are in; undefined while none is chosen. */
export function currencyOf(form: OrderForm): string | undefined {
  return isCurrency(form.currency) ? form.currency : undefined
}
