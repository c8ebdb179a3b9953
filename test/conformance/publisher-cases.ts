import { BESIDE_CASES } from './beside-cases.ts'
import { EPOCH_CASES } from './epoch-cases.ts'
import { FEED_CASES } from './feed-cases.ts'

/** The cases of a publisher, in the order of their numbers. */
export const PUBLISHER_CASES = [...FEED_CASES, ...EPOCH_CASES, ...BESIDE_CASES].toSorted((one, other) =>
  one.id.localeCompare(other.id, 'en', { numeric: true }),
)
