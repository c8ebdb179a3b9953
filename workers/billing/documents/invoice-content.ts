import * as z from '../../../shared/zod.ts'
import { publishedOrder } from '../../../shared/contract/order.ts'
import { isCurrency } from '../../../shared/money/currency.ts'
import { parseJson } from '../../../shared/text/json.ts'
import { contentOf, type InvoiceContent } from '../../../shared/contract/order-content.ts'

/** A form's field holds no more: a larger content is told of by its revision and amount alone. */
const MOST_CHARACTERS = 20_000

const json = z.pipe(z.string(), z.transform(parseJson))

// A record may have members that this app does not know: they are shown and sent back as well.
const content = z.lazy(() => {
  const { customer, lines, charges } = z.unwrap(publishedOrder).shape
  return z.object({
    currency: z.string().check(z.refine(isCurrency)),
    customer: z.looseObject(customer.shape),
    lines: z.array(z.looseObject(lines.def.element.shape)),
    charges: z.array(z.looseObject(charges.def.element.shape)),
    suppliedOn: z.nullable(z.string()),
    taxExemptionReason: z.nullable(z.string()),
    note: z.nullable(z.string()),
  })
})

/** The content as the form of a decision carries it, to tell afterwards what changed; null where it is too large. */
export function writeContent(content: InvoiceContent): string | null {
  const text = JSON.stringify(contentOf(content))
  return text.length > MOST_CHARACTERS ? null : text
}

/** What such a field holds; undefined if it is no content, since a sender may write what they like. */
export const shownContent = z.fallback(z.optional(z.pipe(json, content)), undefined)
