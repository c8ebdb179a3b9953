import { cloudflareTest } from '@cloudflare/vitest-pool-workers'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

const ROOT = join(import.meta.dirname, '..')
const inCi = process.env['CI'] !== undefined
/** What both Workers share is tested in the runtime that it runs in: its Intl, its crypto, its numbers. */
const IN_WORKERD = 'test/shared/**/*.test.{ts,tsx}'

export default defineConfig({
  root: ROOT,
  test: {
    // .ci/run reads its closing line from the file.
    reporters: inCi ? ['default', ['json', { outputFile: '.waybill/test-results.json' }]] : ['default'],
    projects: [
      {
        root: ROOT,
        test: {
          name: 'node',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: [IN_WORKERD],
          env: { WAYBILL_STATE: join(ROOT, '.waybill/tests') },
          globalSetup: ['test/support/chromium.ts'],
          setupFiles: ['test/support/close-running.ts'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        root: ROOT,
        plugins: [cloudflareTest({ miniflare: { compatibilityDate: '2026-11-01' } })],
        test: { name: 'workerd', include: [IN_WORKERD], isolate: false },
      },
    ],
  },
})
