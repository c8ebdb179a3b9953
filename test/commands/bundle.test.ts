import { expect, it } from 'vitest'
import { APPS, measureSize } from '../bench/bundle.ts'

// The goal is 115 KB each, as wrangler prints it: in units of 1,024. What weighs there, wrangler deploy --metafile says.
const MOST_BYTES = 115 * 1024

// The bytes are the same on every machine.
it.each(APPS)('a deployment of %s sends no more than its bound, compressed', { timeout: 120_000 }, async (app) => {
  expect(await measureSize(app)).toBeLessThanOrEqual(MOST_BYTES)
})
