import type { ChargeInput, Customer, LineInput } from '../../shared/contract.ts'
import type { TaxAtRate } from '../../shared/money.ts'

export const INVOICE_STATES = ['ToApprove', 'Approved', 'Rejected', 'Cancelled'] as const
export type InvoiceState = (typeof INVOICE_STATES)[number]

/** An invoice as the API and the pages show it (contract, section 5). Money in the currency's minor unit. */
export type Invoice = {
  id: number
  orderNumber: number
  /** The order's revision that the invoice shows; an approved one keeps the revision it was approved at. */
  orderRevision: number
  state: InvoiceState
  /** `2026-000001`, given at approval; null before. */
  invoiceNumber: string | null
  currency: string
  customer: Customer
  lines: LineInput[]
  charges: ChargeInput[]
  taxes: TaxAtRate[]
  net: number
  tax: number
  gross: number
  createdAt: string
  decidedAt: string | null
  decidedBy: string | null
  /** Why it was rejected. */
  reason: string | null
  /** An approved invoice's order was changed after the approval. */
  orderChangedSince: boolean
  orderDeleted: boolean
}
