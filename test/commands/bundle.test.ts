import { expect, it } from 'vitest'
import { APPS, measureSize } from '../bench/bundle.ts'

// The goal is 100 KB each. Billing is above it by less than what drizzle's templates take, 4.5 KB, and they stay: a
// well-kept library beats lines of our own. It must not grow beyond; what weighs, wrangler deploy --metafile tells.
const MOST_BYTES = { ordering: 100_000, billing: 104_500 }

// The bytes are the same on every machine.
it.each(APPS)('a deployment of %s sends no more than its bound, compressed', { timeout: 120_000 }, async (app) => {
  expect(await measureSize(app)).toBeLessThanOrEqual(MOST_BYTES[app])
})
