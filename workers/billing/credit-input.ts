import * as z from 'zod'
import type { CreditRequest } from './credit-note.ts'
import { explanation } from './explanation.ts'

/** Why an invoice is credited: it stands on the credit note. */
export const creditReason = explanation('Say why the invoice is credited')

/** As many as an order has at most. */
const MAX_LINES = 200
const MAX_CHARGES = 20
const position = z.int().min(0)

/** What a program sends to credit an invoice. */
export const creditInput = z.strictObject({
  reason: creditReason,
  lines: z.array(position).max(MAX_LINES).exactOptional(),
  charges: z.array(position).max(MAX_CHARGES).exactOptional(),
  anew: z.boolean().exactOptional(),
})

/** What the input asks for: all that is left, where it names neither lines nor charges. */
export function creditRequestOf({ reason, lines, charges, anew = false }: z.output<typeof creditInput>): CreditRequest {
  const selection =
    lines === undefined && charges === undefined ? 'all' : { lines: lines ?? [], charges: charges ?? [] }
  return { selection, reason, anew }
}

/** What the form to credit an invoice holds, as it was sent: what is wrong with it is judged afterwards. */
export type CreditForm = {
  seen: string
  reason: string
  scope: 'all' | 'some'
  anew: boolean
  lines: number[]
  charges: number[]
}

const positions = z
  .union([z.string().transform((text) => [text]), z.array(z.string())])
  .catch([])
  .transform((texts) => texts.filter((text) => /^\d{1,3}$/.test(text)).map(Number))

const creditForm = z.object({
  seen: z.string().catch(''),
  reason: z.string().catch(''),
  scope: z.enum(['all', 'some']).catch('all'),
  anew: z
    .literal('yes')
    .transform(() => true)
    .catch(false),
  line: positions,
  charge: positions,
})

/** Reads the form, whatever it holds. */
export function readCreditForm(fields: Record<string, unknown>): CreditForm {
  const { line, charge, ...form } = creditForm.parse(fields)
  return { ...form, lines: line, charges: charge }
}

/** What the form asks for, but for its reason. */
export function selectionOf({ scope, lines, charges }: CreditForm): CreditRequest['selection'] {
  return scope === 'all' ? 'all' : { lines, charges }
}
