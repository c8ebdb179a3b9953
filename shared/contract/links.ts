/** Where billing answers for an order that was confirmed a moment ago; both apps spell it from here. */
export const NEW_ORDER_LINK = '/link/new_order/:number'

/** The deep link to the invoice of an order. */
export function newOrderLink(billingOrigin: string, orderNumber: number): string {
  return billingOrigin + NEW_ORDER_LINK.replace(':number', String(orderNumber))
}

/** An order's page in ordering. */
export function orderPath(orderNumber: number): string {
  return `/orders/${orderNumber}`
}

/** An invoice's page in billing. */
export function invoicePath(invoiceId: number): string {
  return `/invoices/${invoiceId}`
}

/** Billing's page that says where an order is. */
export function tracePath(orderNumber: number): string {
  return `/trace?order=${orderNumber}`
}

/** The number in a path: a positive whole number that a program carries exactly, without leading zeros. */
export function parseOrderNumber(text: string): number | undefined {
  if (!/^[1-9]\d{0,15}$/.test(text)) return undefined
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : undefined
}
