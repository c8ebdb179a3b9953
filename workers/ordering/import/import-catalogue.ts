import type * as z from '../../../shared/zod.ts'
import { cutByBytes } from '../../../shared/db/byte-limits.ts'
import { type NdjsonLine, parseLines } from '../../../shared/files/ndjson.ts'
import { describeProblem } from '../../../shared/edge/problem.ts'
import type { SavedRecords } from '../catalogue/catalogue-store.ts'
import { type ImportOutcome, MAX_PIECE_BYTES } from './import-orders.ts'
import { describeErased } from '../records/erased-customer-store.ts'

/**
 * Imports records of the catalogue, piece by piece; the last line of an id is what counts. Safe to repeat.
 * @param idMember the member that identifies a record
 */
export async function importCatalogue<S extends z.core.$ZodType>(
  lines: readonly NdjsonLine[],
  schema: S,
  idMember: string,
  save: (records: z.output<S>[]) => Promise<SavedRecords>,
): Promise<ImportOutcome> {
  const { parsed, failed, superseded } = parseLines(lines, schema, idMember)
  const outcome: ImportOutcome = { created: 0, changed: 0, unchanged: superseded, failed }
  for (const piece of cutByBytes(parsed, MAX_PIECE_BYTES, ({ size }) => size)) {
    const saved = await save(piece.map(({ value }) => value))
    outcome.created += saved.created
    outcome.changed += saved.changed
    outcome.unchanged += saved.unchanged
    for (const { place, ...refusal } of saved.erased) {
      const problem = describeProblem('customer-erased', describeErased(refusal))
      failed.push({ line: piece[place]?.line ?? 0, externalId: refusal.customerId, problem })
    }
  }
  failed.sort((one, other) => one.line - other.line)
  return outcome
}
