import { writeFigure } from '../../../shared/assets/typed-figure.js'
import { isolated } from '../../../shared/ui/stored-text.tsx'
import type { Order } from '../../../shared/contract/order.ts'
import { notationOf } from '../../../shared/money/notation.ts'
import { inputOf } from '../orders/order.ts'
import { parseForm } from './parse.ts'
import { fieldsOf, type OrderForm, readForm, writeForm } from './form.ts'
import { type List, type Pair, pairRows, type Row } from './row-pairs.ts'

/**
 * A part of an order that two people left different, by its name in the form: a field (`note`, `lines.0.quantity`), a
 * whole row of yours (`lines.0`), a whole row of theirs (`their-lines.2`), or how the rows stand (`lines`). Null is a
 * row that is not there.
 */
export type Difference = { part: string; yours: string | null; theirs: string | null }

const LISTS = ['lines', 'charges'] as const
/** Where the form differs from what somebody else saved meanwhile, part by part. */
export function listDifferences(form: OrderForm, saved: Order, timeZone: string): Difference[] {
  const yours = writtenAlike(form, timeZone)
  const theirs = writeForm(inputOf(saved), { locale: form.locale, timeZone })
  const none = writeFigure('0', 'percentage', notationOf(form.locale))
  return [
    ...compareFields(
      fieldsOf({ ...yours, lines: [], charges: [] }),
      // Left empty, it is as it was, whoever changed it.
      fieldsOf({ ...theirs, ...(yours.placedAt === '' && { placedAt: '' }), lines: [], charges: [] }),
    ),
    ...LISTS.flatMap((list) => compareRows(list, yours[list], theirs[list], none)),
  ]
}

/** The form with one part as somebody else saved it. A part that is none leaves it as it was. */
export function takePart(form: OrderForm, part: string, saved: Order, timeZone: string): OrderForm {
  const theirs = writeForm(inputOf(saved), { locale: form.locale, timeZone })
  const alike = writtenAlike(form, timeZone)
  const [head = '', index = '', field] = part.split('.')
  const list = LISTS.find((candidate) => head === candidate || head === `their-${candidate}`)
  if (list === undefined) return takeField(form, part, theirs)
  if (part === list) return { ...form, [list]: theirs[list] }
  const row = Number(index)
  if (head !== list) return takeTheirRow({ form, alike }, list, row, theirs)
  if (form[list][row] === undefined) return form
  const partner = pairRows(list, alike[list], theirs[list]).find(({ yours }) => yours === row)?.theirs
  if (partner !== undefined) return takeField(form, part, theirs, `${list}.${partner}.${field}`)
  return { ...form, [list]: form[list].toSpliced(row, 1) }
}

function takeField(form: OrderForm, name: string, theirs: OrderForm, theirName = name): OrderForm {
  const taken = fieldsOf(theirs).get(theirName)
  return taken === undefined ? form : readForm(new Map([...fieldsOf(form), [name, taken]]), form.locale)
}

/** Puts a row of theirs behind yours that stands for the one before it there. */
function takeTheirRow(
  { form, alike }: { form: OrderForm; alike: OrderForm },
  list: List,
  row: number,
  theirs: OrderForm,
): OrderForm {
  const taken = theirs[list][row]
  if (taken === undefined) return form
  const before = pairRows(list, alike[list], theirs[list]).find((pair) => pair.theirs === row - 1)
  const place = row === 0 ? 0 : (before?.yours ?? form[list].length - 1) + 1
  return { ...form, [list]: [...form[list].slice(0, place), taken, ...form[list].slice(place)] }
}

/** The form as it would be filled in, where it can be read: 14 and 14.00 are no difference. */
function writtenAlike(form: OrderForm, timeZone: string): OrderForm {
  const parsed = parseForm(form, { timeZone })
  return parsed.ok ? writeForm(parsed.value, { locale: form.locale, timeZone }) : form
}

function compareFields(yours: ReadonlyMap<string, string>, theirs: ReadonlyMap<string, string>): Difference[] {
  return [...theirs]
    .map(([part, text]) => ({ part, yours: yours.get(part) ?? '', theirs: text }))
    .filter((difference) => difference.yours !== difference.theirs)
}

/** @param none how a percentage of 0 is written */
function compareRows(list: List, yours: readonly Row[], theirs: readonly Row[], none: string): Difference[] {
  const pairs = pairRows(list, yours, theirs)
  const differences = pairs.flatMap((pair) => {
    const [mine, other] = [yours[pair.yours ?? -1], theirs[pair.theirs ?? -1]]
    if (mine === undefined) return other === undefined ? [] : [theirRow(list, pair, describeRow(other, none))]
    const part = `${list}.${pair.yours}`
    if (other === undefined) return [{ part, yours: describeRow(mine, none), theirs: null }]
    return compareFields(new Map(Object.entries(mine)), new Map(Object.entries(other))).map((difference) => ({
      ...difference,
      part: `${part}.${difference.part}`,
    }))
  })
  const places = pairs.map((pair) => pair.theirs)
  const inTheirOrder = places.every((place, index) => index === 0 || (places[index - 1] ?? -1) < (place ?? Infinity))
  if (differences.length > 0 || inTheirOrder) return differences
  const names = (rows: readonly Row[]) => rows.map(({ description }) => isolated(description)).join(', ')
  return [{ part: list, yours: names(yours), theirs: names(theirs) }]
}

function theirRow(list: List, { theirs }: Pair, described: string): Difference {
  return { part: `their-${list}.${theirs}`, yours: null, theirs: described }
}

/** A row in one text. */
function describeRow(row: Row, none: string): string {
  const share = (percent: string, word: string) => (percent === '' || percent === none ? '' : `, ${percent} % ${word}`)
  if ('amount' in row) return `${isolated(row.description)} ${row.amount}${share(row.taxPercent, 'tax')}`
  const { quantity, sku, description, unitPrice, discountPercent, taxPercent } = row
  return `${quantity} × ${isolated(sku)} ${isolated(description)} at ${unitPrice}${share(discountPercent, 'off')}${share(taxPercent, 'tax')}`
}
