import { expect, it } from 'vitest'
import { APPS, measureSize } from '../bench/bundle.ts'

const MOST_BYTES = 100_000

// The bytes are the same on every machine. What is the heaviest: wrangler deploy --dry-run --metafile tells.
it.each(APPS)('a deployment of %s sends at most 100 KB, compressed', { timeout: 120_000 }, async (app) => {
  expect(await measureSize(app)).toBeLessThanOrEqual(MOST_BYTES)
})
