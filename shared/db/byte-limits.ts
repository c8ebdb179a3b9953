/**
 * The most bytes of records that are bound to a statement as one value. D1 takes 2,000,000; an order as large as the
 * contract allows, and written as JSON within JSON, is 600,000.
 */
export const MOST_VALUE_BYTES = 1_500_000
/** The most bytes of records in one call over a binding, unless one record alone has more. The platform takes 32 MiB. */
export const MOST_MESSAGE_BYTES = 4_000_000
/** The most bytes of records in one answer of a list, unless one record alone has more. */
export const MOST_ANSWER_BYTES = 8_000_000

/** What a UTF-16 unit comes to in UTF-8 at most. */
const MOST_BYTES_A_UNIT = 3

/** How many bytes the text has in UTF-8. */
export function bytesOf(text: string): number {
  let bytes = text.length
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if (unit < 0x80) continue
    // Either half of a pair counts two of its four bytes.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2
  }
  return bytes
}

/** Whether the text has at most `bytes` bytes in UTF-8; a short one is not looked at. */
export function fitsIn(bytes: number, text: string): boolean {
  return text.length * MOST_BYTES_A_UNIT <= bytes || bytesOf(text) <= bytes
}

/**
 * The records in their order, in batches of at most `most` bytes, and of one record at least. What travels whole is
 * weighed here and not counted: of small records a batch may hold thousands, of the largest it holds a few. No more than
 * one record is looked at behind a batch that is taken.
 */
export function* cutByBytes<T>(
  records: Iterable<T>,
  most: number,
  sizeOf: (record: T) => number,
): Generator<[T, ...T[]], void> {
  let batch: [T, ...T[]] | undefined
  let size = 0
  for (const record of records) {
    const added = sizeOf(record)
    if (batch !== undefined && size + added <= most) {
      batch.push(record)
      size += added
      continue
    }
    if (batch !== undefined) yield batch
    batch = [record]
    size = added
  }
  if (batch !== undefined) yield batch
}
