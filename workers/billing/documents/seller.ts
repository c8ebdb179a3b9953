import { addDays, dayOf } from '../../../shared/time/business-day.ts'

/** Who sells, as every document names them. */
export type Seller = {
  name: string
  /** The address's lines, in order. */
  address: string[]
  vatId: string
  bank: string
}

/**
 * What a document says by the configuration of the moment at which it is issued. It is recorded with the decision, and
 * configuration that changes later changes no issued document. Days are YYYY-MM-DD; a credit note is not due.
 */
export type Issuance = {
  issuedOn: string
  dueOn: string | null
  /** An IANA name: the zone in which the moment was on the day `issuedOn`. */
  timeZone: string
  seller: Seller
}

/** The vars of the configuration that a document's words come from. */
type SellingVars = Record<'SELLER_NAME' | 'SELLER_ADDRESS' | 'SELLER_VAT_ID' | 'SELLER_BANK' | 'TIME_ZONE', string> & {
  DAYS_TO_PAY: number
}

/** The seller that this deployment is configured with. An address's line breaks may be written `\n` or be real. */
export function readSeller(env: SellingVars): Seller {
  return {
    name: env.SELLER_NAME,
    address: env.SELLER_ADDRESS.split(/\\n|\n/),
    vatId: env.SELLER_VAT_ID,
    bank: env.SELLER_BANK,
  }
}

/** What an invoice says that is approved at `now`. */
export function issuanceOfInvoice(env: SellingVars, now: string): Issuance {
  const issuance = issuanceOfCreditNote(env, now)
  return { ...issuance, dueOn: addDays(issuance.issuedOn, env.DAYS_TO_PAY) }
}

/** What a credit note says that is issued at `now`. */
export function issuanceOfCreditNote(env: SellingVars, now: string): Issuance {
  const timeZone = env.TIME_ZONE
  return { issuedOn: dayOf(now, timeZone), dueOn: null, timeZone, seller: readSeller(env) }
}

/** The series of numbers that a document issued on this day belongs to: the year. */
export function seriesOf({ issuedOn }: Issuance): string {
  return issuedOn.slice(0, 4)
}
