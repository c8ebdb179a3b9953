/** Who sells, as every invoice names them, and the terms that they sell on. */
export type Seller = {
  name: string
  /** The address's lines, in order. */
  address: string[]
  vatId: string
  bank: string
  daysToPay: number
  /** An IANA name; it decides which day an instant is. */
  timeZone: string
}

/** The seller of this deployment. An address's line breaks may be written `\n` or be real. */
export function readSeller(env: Env): Seller {
  return {
    name: env.SELLER_NAME,
    address: env.SELLER_ADDRESS.split(/\\n|\n/),
    vatId: env.SELLER_VAT_ID,
    bank: env.SELLER_BANK,
    daysToPay: env.DAYS_TO_PAY,
    timeZone: env.TIME_ZONE,
  }
}
