import type { PublishedOrder } from '../../../shared/contract/order.ts'
import { ERASED_TEXT, eraseOrder } from '../../../shared/contract/personal-data.ts'
import type { LedgerEntry } from './decision-store.ts'

/** An entry of the ledger without what tells of a person. */
export function eraseEntry(entry: LedgerEntry): LedgerEntry {
  const document = JSON.parse(entry.document) as PublishedOrder & { reason?: string }
  return {
    ...entry,
    document: JSON.stringify(eraseOrder(document)),
    reason: entry.reason === null ? null : ERASED_TEXT,
    contentDigest: null,
  }
}
