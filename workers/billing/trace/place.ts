import { INVOICE_STATES } from '../documents/invoice.ts'

/** Where an order can be, as far as a trace can tell. */
export const PLACES = [
  /** Confirmed there, and not in billing yet. `late`: it should have come by now. */
  'ordering',
  'late',
  /** Deleted there before it had an invoice. */
  'deleted',
  /** Ordering's newest record of it cannot be read. */
  'quarantine',
  /** Billing has it, and ordering does not. */
  'orphaned',
  'to_approve',
  'rejected',
  'approved',
  'partly_credited',
  'credited',
  'cancelled',
  /** Neither app says anything of it. */
  'unknown',
] as const
export type Place = (typeof PLACES)[number]

/**
 * Where an order is now: for programs, and in a sentence or two for people. `changedSince`: something has happened to the
 * order since that the place does not say.
 */
export type Whereabouts = { place: Place; headline: string; changedSince: boolean }

/** What a list says of an order: its invoice's state, or why it has none. */
export const FOUND_STATES = [...INVOICE_STATES, 'Quarantined', 'Deleted', 'InOrdering'] as const

/** An order that a question may mean, as it is listed. */
export type FoundOrder = {
  number: number
  externalId: string | null
  /** The customer's name; null where billing has no record that says it. */
  customer: string | null
  state: (typeof FOUND_STATES)[number]
  /** The newest invoice's, where one was replaced. */
  invoiceNumber: string | null
}
