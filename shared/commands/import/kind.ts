/** What a file holds; each kind has an import of its own. */
export type Kind = 'orders' | 'customers' | 'products'

/** A line that an earlier import refused, as it wrote it down: what was refused, and why. */
export type RefusedLine = { line: number; externalId: string | null; problem: Problem; record: unknown }
/** Why a line was refused: problem details, as far as people are told of them. */
export type Problem = { title: string; detail: string; errors?: { pointer: string; detail: string }[] }

/** What a record is, by its shape; undefined if it is nothing that is imported. */
export function recogniseKind(record: unknown): Kind | undefined {
  if (typeof record !== 'object' || record === null) return undefined
  if ('lines' in record) return 'orders'
  if ('sku' in record) return 'products'
  return 'address' in record ? 'customers' : undefined
}

/** Whether a record is a refused line of an earlier import, to be sent again as it stands in its `record`. */
export function isRefusedLine(record: unknown): record is RefusedLine {
  return typeof record === 'object' && record !== null && 'record' in record && 'problem' in record
}
