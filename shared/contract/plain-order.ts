import {
  type ChargeInput,
  type Customer,
  FINGERPRINTS,
  type LineInput,
  MAX_AMOUNT,
  MAX_GROSS,
  ORDER_NUMBERS,
  MAX_REASON,
  type PublishedOrder,
} from './order.ts'
import type { ImportedOrder } from './order-input.ts'
import { isCountry } from '../text/country.ts'
import { isCurrency } from '../money/currency.ts'
import { totalsOf } from '../money/totals.ts'
import { judgeVisible, normalizeText } from '../text/text.ts'

// A Worker may not compile code at run time, so zod walks its schemas field by field: judging orders took longer than
// reading and writing them. These readers take, at a tenth of the cost, what is beyond doubt and nothing else. What they
// leave goes to the schema, which alone refuses and says why. A test holds each against its schema.

type Fields = Record<string, unknown>

// Without surrogates: the schema counts code points.
const PLAIN = /^[ -~\u00a0-\u2029\u202f-\u2065\u206a-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd]*$/
const PLAIN_OR_LINE_BREAK = /^[\n -~\u00a0-\u2029\u202f-\u2065\u206a-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd]*$/
const ASCII = /^[!-~](?:[ -~]*[!-~])?$/
const DAY = /(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31/
const DATE = new RegExp(`^(?!0000)\\d{4}-(?:${DAY.source})$`)
const INSTANT = new RegExp(`^(?!0000)\\d{4}-(?:${DAY.source})T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d+)?Z$`)

const ADDRESS_FIELDS = new Set(['street', 'additional', 'city', 'postalCode', 'region', 'country'])
const CUSTOMER_FIELDS = new Set(['id', 'name', 'contact', 'email', 'vatId', 'address'])
const LINE_FIELDS = new Set(['sku', 'description', 'quantity', 'unitPrice', 'discountPercent', 'taxPercent'])
const CHARGE_FIELDS = new Set(['description', 'amount', 'taxPercent'])
const IMPORT_FIELDS = new Set([
  'externalId',
  'placedAt',
  'currency',
  'customer',
  'lines',
  'charges',
  'suppliedOn',
  'taxExemptionReason',
  'note',
  'state',
])
const PUBLISHED_FIELDS = new Set([
  ...IMPORT_FIELDS,
  'number',
  'revision',
  'confirmedSequenceNr',
  'fingerprint',
  'totals',
  'confirmedAt',
  'confirmedBy',
  'updatedAt',
  'updatedBy',
])
const TOTALS_FIELDS = new Set(['net', 'tax', 'gross'])

/** The record as `publishedOrder` makes it, if that is beyond doubt; undefined leaves it to the schema. */
export function readPlainPublished(record: unknown): PublishedOrder | undefined {
  if (!hasOnly(record, PUBLISHED_FIELDS)) return undefined
  const { number, state, revision, confirmedSequenceNr, fingerprint, externalId, placedAt } = record
  const { confirmedAt, confirmedBy, updatedAt, updatedBy, totals } = record
  const content = readContent(record)
  if (
    content === undefined ||
    !isWhole(number, 1, ORDER_NUMBERS - 1) ||
    !isWhole(revision, 1) ||
    !(confirmedSequenceNr === -1 || isWhole(confirmedSequenceNr, 1)) ||
    !isWhole(fingerprint, 0, FINGERPRINTS - 1) ||
    !(state === 'Confirmed' || state === 'Deleted') ||
    !(externalId === null || isText(externalId, 100)) ||
    !isInstant(placedAt) ||
    !isInstant(confirmedAt) ||
    !(confirmedBy === '' || isText(confirmedBy, 200)) ||
    !isInstant(updatedAt) ||
    !(updatedBy === '' || isText(updatedBy, 200)) ||
    !hasOnly(totals, TOTALS_FIELDS)
  ) {
    return undefined
  }
  const { net, tax, gross } = totalsOf(content.lines, content.charges)
  if (totals['net'] !== net || totals['tax'] !== tax || totals['gross'] !== gross || gross > MAX_GROSS) return undefined
  const assigned = { confirmedAt, confirmedBy, updatedAt, updatedBy, totals: { net, tax, gross } }
  return { number, state, revision, confirmedSequenceNr, fingerprint, externalId, placedAt, ...content, ...assigned }
}

/** The line of an import as `importedOrder` makes it, if that is beyond doubt; undefined leaves it to the schema. */
export function readPlainImported(record: unknown): ImportedOrder | undefined {
  if (!hasOnly(record, IMPORT_FIELDS)) return undefined
  const { state = 'Draft', externalId, placedAt } = record
  const content = readContent(record)
  if (content === undefined || !isText(externalId, 100) || !(state === 'Draft' || state === 'Confirmed')) {
    return undefined
  }
  if (totalsOf(content.lines, content.charges).gross > MAX_GROSS) return undefined
  if (placedAt === undefined) return { externalId, ...content, state }
  return isInstant(placedAt) ? { externalId, placedAt, ...content, state } : undefined
}

type Content = Pick<
  ImportedOrder,
  'currency' | 'customer' | 'lines' | 'charges' | 'suppliedOn' | 'taxExemptionReason' | 'note'
>

function readContent(record: Fields): Content | undefined {
  const { currency, charges: sentCharges = [], suppliedOn = null, taxExemptionReason = null, note = null } = record
  if (typeof currency !== 'string' || !isCurrency(currency)) return undefined
  if (suppliedOn !== null && !(typeof suppliedOn === 'string' && DATE.test(suppliedOn))) return undefined
  if (!isTextOrNull(taxExemptionReason, MAX_REASON)) return undefined
  if (note !== null && !isText(note, 5_000, PLAIN_OR_LINE_BREAK)) return undefined
  const customer = readCustomer(record['customer'])
  const lines = readEach(record['lines'], readLine, 200)
  const charges = readEach(sentCharges, readCharge, 20)
  if (customer === undefined || lines === undefined || lines.length === 0 || charges === undefined) return undefined
  return { currency, customer, lines, charges, suppliedOn, taxExemptionReason, note }
}

function readEach<T>(records: unknown, read: (record: unknown) => T | undefined, most: number): T[] | undefined {
  if (!Array.isArray(records) || records.length > most) return undefined
  const items: T[] = []
  for (const record of records) {
    const item = read(record)
    if (item === undefined) return undefined
    items.push(item)
  }
  return items
}

function readCustomer(record: unknown): Customer | undefined {
  if (!hasOnly(record, CUSTOMER_FIELDS) || !hasOnly(record['address'], ADDRESS_FIELDS)) return undefined
  const { id, name, contact = null, email = null, vatId = null } = record
  const { street, additional = null, city, postalCode = null, region = null, country } = record['address']
  if (!isText(id, 100) || !isText(name, 200)) return undefined
  if (!isTextOrNull(contact, 200) || !isTextOrNull(email, 200) || !isTextOrNull(vatId, 100)) return undefined
  if (!isText(street, 200) || !isText(city, 200) || typeof country !== 'string' || !isCountry(country)) return undefined
  if (!isTextOrNull(additional, 200) || !isTextOrNull(postalCode, 200) || !isTextOrNull(region, 200)) return undefined
  return { id, name, contact, email, vatId, address: { street, additional, city, postalCode, region, country } }
}

function readLine(record: unknown): LineInput | undefined {
  if (!hasOnly(record, LINE_FIELDS)) return undefined
  const { sku, description, quantity, unitPrice, discountPercent = 0, taxPercent = 0 } = record
  if (!isText(sku, 100) || !isText(description, 500) || !isWhole(unitPrice, 0, MAX_AMOUNT)) return undefined
  if (!isDecimal(quantity, 1_000_000, 3) || quantity === 0) return undefined
  if (!isDecimal(discountPercent, 100, 2) || !isDecimal(taxPercent, 100, 2)) return undefined
  return { sku, description, quantity, unitPrice, discountPercent, taxPercent }
}

function readCharge(record: unknown): ChargeInput | undefined {
  if (!hasOnly(record, CHARGE_FIELDS)) return undefined
  const { description, amount, taxPercent = 0 } = record
  if (!isText(description, 500) || !isWhole(amount, 0, MAX_AMOUNT) || !isDecimal(taxPercent, 100, 2)) return undefined
  return { description, amount, taxPercent }
}

function hasOnly(record: unknown, fields: ReadonlySet<string>): record is Fields {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) return false
  for (const field in record) if (!fields.has(field)) return false
  return true
}

/** A text of at most `most` characters, all plain, that says something and has the form that a door would bring it to. */
function isText(value: unknown, most: number, plain = PLAIN): value is string {
  if (typeof value !== 'string' || value.length > most) return false
  return ASCII.test(value) || (plain.test(value) && value === normalizeText(value) && judgeVisible(value) === undefined)
}

function isTextOrNull(value: unknown, most: number): value is string | null {
  return value === null || isText(value, most)
}

function isInstant(value: unknown): value is string {
  return typeof value === 'string' && INSTANT.test(value)
}

function isWhole(value: unknown, least: number, most = Number.MAX_SAFE_INTEGER): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most
}

function isDecimal(value: unknown, most: number, decimals: number): value is number {
  if (typeof value !== 'number' || !(value >= 0 && value <= most)) return false
  return Number.isInteger(value) || Number(value.toFixed(decimals)) === value
}
