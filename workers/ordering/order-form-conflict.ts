import type { Order } from '../../shared/contract.ts'
import { inputOf } from './order.ts'
import { parseForm } from './order-form-parse.ts'
import { fieldsOf, type OrderForm, readForm, writeForm } from './order-form.ts'

/** A part of an order that two people left different: a field, or a whole line or charge. Null is a row that is not there. */
export type Difference = { part: string; yours: string | null; theirs: string | null }

/** Where the form differs from what somebody else saved meanwhile, part by part. */
export function listDifferences(form: OrderForm, saved: Order): Difference[] {
  const parsed = parseForm(form)
  // Written anew where it can be read: 14 and 14.00 are no difference.
  const yours = partsOf(parsed.ok ? writeForm(parsed.value) : form)
  const theirs = partsOf(writeForm(inputOf(saved)))
  return [...new Set([...yours.keys(), ...theirs.keys()])]
    .map((part) => ({ part, yours: yours.get(part) ?? null, theirs: theirs.get(part) ?? null }))
    .filter((difference) => difference.yours !== difference.theirs)
}

/** The form with one part as somebody else saved it. */
export function takePart(form: OrderForm, part: string, saved: Order): OrderForm {
  const isIn = (name: string) => name === part || name.startsWith(`${part}.`)
  const kept = [...fieldsOf(form)].filter(([name]) => !isIn(name))
  const taken = [...fieldsOf(writeForm(inputOf(saved)))].filter(([name]) => isIn(name))
  return readForm(new Map([...kept, ...taken]))
}

/** The fields by name, those of a line or a charge put together in one text. */
function partsOf(form: OrderForm): Map<string, string> {
  const fields = [...fieldsOf({ ...form, lines: [], charges: [] })]
  const lines = form.lines.map((line, row): [string, string] => [
    `lines.${row}`,
    `${line.quantity} × ${line.sku} ${line.description} at ${line.unitPrice}${share(line.discountPercent, 'off')}${share(line.taxPercent, 'tax')}`,
  ])
  const charges = form.charges.map((charge, row): [string, string] => [
    `charges.${row}`,
    `${charge.description} ${charge.amount}${share(charge.taxPercent, 'tax')}`,
  ])
  return new Map([...fields, ...lines, ...charges])
}

function share(percent: string, word: string): string {
  return percent === '' || Number(percent) === 0 ? '' : `, ${percent} % ${word}`
}
