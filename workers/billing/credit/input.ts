import * as z from '../../../shared/zod.ts'
import type { CreditRequest } from '../documents/credit-note.ts'
import { explanation } from '../edge/explanation.ts'

/** Why an invoice is credited: it stands on the credit note. */
export const creditReason = explanation('Enter the reason for the credit')

/** As many as an order has at most. */
const MAX_LINES = 200
const MAX_CHARGES = 20

/** What a program sends to credit an invoice. */
export const creditInput = z.lazy(() => {
  const position = z.int().check(z.minimum(0))
  return z.strictObject({
    reason: creditReason,
    lines: z.exactOptional(z.array(position).check(z.maxLength(MAX_LINES))),
    charges: z.exactOptional(z.array(position).check(z.maxLength(MAX_CHARGES))),
    reissue: z.exactOptional(z.boolean()),
  })
})

/** What the input asks for: all that is left, where it names neither lines nor charges. */
export function creditRequestOf({
  reason,
  lines,
  charges,
  reissue = false,
}: z.output<typeof creditInput>): CreditRequest {
  const selection =
    lines === undefined && charges === undefined ? 'all' : { lines: lines ?? [], charges: charges ?? [] }
  return { selection, reason, reissue }
}

/** What the form to credit an invoice holds, as it was sent: what is wrong with it is judged afterwards. */
export type CreditForm = {
  seen: string
  reason: string
  scope: 'all' | 'some'
  reissue: boolean
  lines: number[]
  charges: number[]
}

const positions = z.lazy(() => {
  const text = z.pipe(
    z.string(),
    z.transform((text) => [text]),
  )
  return z.pipe(
    z.fallback(z.union([text, z.array(z.string())]), []),
    z.transform((sent) => sent.filter((text) => /^\d{1,3}$/.test(text)).map(Number)),
  )
})

const creditForm = z.lazy(() =>
  z.object({
    seen: z.fallback(z.string(), ''),
    reason: z.fallback(z.string(), ''),
    scope: z.fallback(z.enum(['all', 'some']), 'all'),
    reissue: z.fallback(
      z.pipe(
        z.literal('yes'),
        z.transform(() => true),
      ),
      false,
    ),
    line: positions,
    charge: positions,
  }),
)

/** Reads the form, whatever it holds. */
export function readCreditForm(fields: Record<string, unknown>): CreditForm {
  const { line, charge, ...form } = creditForm.parse(fields)
  return { ...form, lines: line, charges: charge }
}

/** What the form asks for, but for its reason. */
export function selectionOf({ scope, lines, charges }: CreditForm): CreditRequest['selection'] {
  return scope === 'all' ? 'all' : { lines, charges }
}
