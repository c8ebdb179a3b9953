import type { PublishedOrder } from '../../shared/contract.ts'
import { ERASED_CUSTOMER, ERASED_TEXT } from '../../shared/personal-data.ts'
import type { LedgerEntry } from './decision-store.ts'

/** An entry of the ledger without what tells of a person. */
export function eraseEntry(entry: LedgerEntry): LedgerEntry {
  const document = JSON.parse(entry.document) as Partial<PublishedOrder> & { reason?: string }
  const erased = {
    ...document,
    customer: ERASED_CUSTOMER,
    ...(document.note === undefined ? {} : { note: null }),
    ...(document.reason === undefined ? {} : { reason: ERASED_TEXT }),
  }
  return {
    ...entry,
    document: JSON.stringify(erased),
    reason: entry.reason === null ? null : ERASED_TEXT,
    contentDigest: null,
  }
}
