import { invoicePath } from '../../../shared/contract/links.ts'

/** A credit note's page. */
export function creditNotePath(id: number): string {
  return `/credit-notes/${id}`
}

/** The page on which an approved invoice is credited. */
export function creditingPath(invoiceId: number): string {
  return `${invoicePath(invoiceId)}/credit`
}

/** The page on which a credited invoice is reissued. */
export function reissuePath(invoiceId: number): string {
  return `${invoicePath(invoiceId)}/reissue`
}
