import { cloudflareTest } from '@cloudflare/vitest-pool-workers'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

const ROOT = join(import.meta.dirname, '..')
const inCi = process.env['CI'] !== undefined
/** What both Workers share is tested in the runtime that it runs in: its Intl, its crypto, its numbers. */
const IN_WORKERD = 'test/shared/**/*.test.{ts,tsx}'
/** What replaces a module or a global for a while runs in a process of its own. */
const ALONE = [
  'test/*/edge/rights.test.ts',
  'test/commands/service-token.test.ts',
  'test/security/access/access-token.test.ts',
]
const IN_NODE = {
  env: { WAYBILL_STATE: join(ROOT, '.waybill/tests') },
  globalSetup: ['test/support/chromium.ts'],
  testTimeout: 30_000,
  hookTimeout: 30_000,
}

export default defineConfig({
  root: ROOT,
  test: {
    // .ci/run reads its closing line from the file.
    reporters: inCi ? ['default', ['json', { outputFile: '.waybill/test-results.json' }]] : ['default'],
    projects: [
      {
        root: ROOT,
        test: {
          ...IN_NODE,
          name: 'node',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: [IN_WORKERD, ...ALONE],
          // Modules are loaded once and both apps started once for all files of a process; each test empties them.
          isolate: false,
        },
      },
      { root: ROOT, test: { ...IN_NODE, name: 'alone', include: ALONE } },
      {
        root: ROOT,
        plugins: [cloudflareTest({ miniflare: { compatibilityDate: '2026-11-01' } })],
        test: { name: 'workerd', include: [IN_WORKERD], isolate: false },
      },
    ],
  },
})
