import * as z from '../../shared/zod.ts'
import { isCurrency } from '../../shared/currency.ts'
import type { PublishedOrder } from '../../shared/contract.ts'

/**
 * From which amount on an invoice needs a second person, by currency: above it, in minor units. A currency that is not
 * named needs none. `everything`: the var cannot be read, so each invoice needs one.
 */
export type FourEyes = { limits: ReadonlyMap<string, number>; everything: boolean }

/** What an invoice's second person must not have done to its order. */
export type Involvement = 'confirmed' | 'changed'

const fourEyesInput = z.record(
  z.string().check(z.refine(isCurrency, 'Must be a currency of ISO 4217, such as EUR')),
  z.int('Must be whole minor units').check(z.minimum(0)),
)

/** Reads the var FOUR_EYES: a table of the configuration file, or the same as JSON; none or an empty one asks nothing. */
export function parseFourEyes(value: unknown): FourEyes {
  if (value === undefined || value === '') return { limits: new Map(), everything: false }
  const parsed = fourEyesInput.safeParse(typeof value === 'string' ? parseJson(value) : value)
  if (!parsed.success) return { limits: new Map(), everything: true }
  return { limits: new Map(Object.entries(parsed.data)), everything: false }
}

/** Whether an invoice of this amount needs a second person. */
export function needsSecondPerson(rule: FourEyes, { currency, gross }: { currency: string; gross: number }): boolean {
  return rule.everything || gross > (rule.limits.get(currency) ?? Infinity)
}

/** What the person did to the order, so that somebody else must approve its invoice; undefined if nothing. */
export function findInvolvement(
  order: Pick<PublishedOrder, 'confirmedBy' | 'updatedBy'>,
  person: string,
): Involvement | undefined {
  if (isSame(order.confirmedBy, person)) return 'confirmed'
  return isSame(order.updatedBy, person) ? 'changed' : undefined
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
