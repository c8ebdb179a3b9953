import * as z from '../../../shared/zod.ts'
import { isCurrency } from '../../../shared/money/currency.ts'
import { parseJson } from '../../../shared/text/json.ts'
import type { PublishedOrder } from '../../../shared/contract/order.ts'
import type { Invoice } from './invoice.ts'

/**
 * Up to which amount one person is enough, by currency, in minor units; `others` is the limit of every currency that is
 * not named. Without a rule it is always enough; where nothing can be read, never, not even for nothing.
 */
export type FourEyes = { limits: ReadonlyMap<string, number>; others: number }

/** What somebody has done that makes them no second person. */
export type Involvement = 'confirmed' | 'changed' | 'approved'

/** The limit of all currencies that have none of their own. */
const OTHERS = 'others'
const UNLIMITED: FourEyes = { limits: new Map(), others: Infinity }
const UNREADABLE: FourEyes = { limits: new Map(), others: -1 }

const fourEyesInput = z.record(
  z
    .string()
    .check(
      z.refine(
        (name) => name === OTHERS || isCurrency(name),
        `Must be a currency of ISO 4217, such as EUR, or ${OTHERS}`,
      ),
    ),
  z.int('Must be whole minor units').check(z.minimum(0)),
)

/**
 * Reads the var FOUR_EYES: a table of the configuration file, or the same as JSON; none or an empty one asks nothing.
 * Where some currency has a limit, all others have one: whoever enters an order chooses its currency.
 */
export function parseFourEyes(value: unknown): FourEyes {
  if (value === undefined || value === '') return UNLIMITED
  const parsed = fourEyesInput.safeParse(typeof value === 'string' ? parseJson(value) : value)
  if (!parsed.success) return UNREADABLE
  const { [OTHERS]: others, ...limits } = parsed.data
  const named = Object.entries(limits)
  if (named.length === 0 && others === undefined) return UNLIMITED
  return { limits: new Map(named), others: others ?? 0 }
}

/** Whether the var is there and cannot be read: then nothing is decided by one person. */
export function isUnreadable(rule: FourEyes): boolean {
  return rule === UNREADABLE
}

/** Up to which amount of the currency one person is enough. */
export function limitOf({ limits, others }: FourEyes, currency: string): number {
  return limits.get(currency) ?? others
}

/** Whether an amount that is approved or credited needs a second person. */
export function needsSecondPerson(rule: FourEyes, { currency, gross }: { currency: string; gross: number }): boolean {
  return gross > limitOf(rule, currency)
}

type HandledOrder = Pick<PublishedOrder, 'confirmedBy' | 'updatedBy'>

/** What the person did to the order, so that somebody else must approve its invoice; undefined if nothing. */
export function findInvolvement(order: HandledOrder, person: string): Involvement | undefined {
  if (isSame(order.confirmedBy, person)) return 'confirmed'
  return isSame(order.updatedBy, person) ? 'changed' : undefined
}

/**
 * What the person did, so that somebody else must credit the invoice. Its approval counts as well: who approves and then
 * credits could pay out what a customer has paid in.
 * @param order undefined while a restored database waits for its copy
 */
export function findCreditInvolvement(
  { decidedBy }: Pick<Invoice, 'decidedBy'>,
  order: HandledOrder | undefined,
  person: string,
): Involvement | undefined {
  if (decidedBy !== null && isSame(decidedBy, person)) return 'approved'
  return order && findInvolvement(order, person)
}

/** What was credited of the invoice, this credit included: in parts it is no less than at once. */
export function creditedWith({ creditNotes }: Pick<Invoice, 'creditNotes'>, gross: number): number {
  return creditNotes.reduce((sum, earlier) => sum + earlier.gross, gross)
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}
