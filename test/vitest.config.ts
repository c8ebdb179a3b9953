import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

const inCi = process.env['CI'] !== undefined

export default defineConfig({
  root: join(import.meta.dirname, '..'),
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    env: { WAYBILL_STATE: join(import.meta.dirname, '../.waybill/tests') },
    globalSetup: ['test/support/chromium.ts'],
    setupFiles: ['test/support/close-running.ts'],
    // .ci/run reads its closing line from the file.
    reporters: inCi ? ['default', ['json', { outputFile: '.waybill/test-results.json' }]] : ['default'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})
