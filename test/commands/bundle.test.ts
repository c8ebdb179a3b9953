import { expect, it } from 'vitest'
import { APPS, measureSize } from '../bench/bundle.ts'

// As wrangler prints it, in units of 1,024: above the goal of 115 that the bench holds them against. Half of it is pages,
// texts and SQL of their own; 13 are drizzle's own database, and billing also carries drizzle's tables, of which the
// hand-over's statements are made. These bounds keep them from growing further.
const MOST_BYTES = { ordering: 139 * 1024, billing: 158 * 1024 }

// The bytes are the same on every machine.
it.each(APPS)('a deployment of %s sends no more than its bound, compressed', { timeout: 120_000 }, async (app) => {
  expect(await measureSize(app)).toBeLessThanOrEqual(MOST_BYTES[app])
})
