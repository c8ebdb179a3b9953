import { cloudflareTest } from '@cloudflare/vitest-pool-workers'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './support/longest-first.ts'
import { SlowestReporter } from './support/slowest.ts'

const ROOT = join(import.meta.dirname, '..')
const inCi = process.env['CI'] !== undefined
/** `.ci/run` reads its closing line from the file. */
const JSON_REPORT: ['json', object] = ['json', { outputFile: '.waybill/test-results.json' }]
/** What both Workers share is tested in the runtime that it runs in: its Intl, its crypto, its numbers. */
const IN_WORKERD = 'test/shared/**/*.test.{ts,tsx}'
/** What replaces a module or a global for a while runs in a process of its own. */
const ALONE = [
  'test/*/edge/rights.test.ts',
  'test/commands/service-token.test.ts',
  'test/security/access/access-token.test.ts',
]
const IN_NODE = {
  setupFiles: ['test/support/own-state.ts'],
  globalSetup: ['test/support/chromium.ts', 'test/support/temporary.ts'],
  testTimeout: 30_000,
  // The first of a process starts both apps.
  hookTimeout: 60_000,
}

export default defineConfig({
  root: ROOT,
  test: {
    reporters: ['default', new SlowestReporter(), ...(inCi ? [JSON_REPORT] : [])],
    // By default one processor is left idle, which is one of two.
    maxWorkers: availableParallelism(),
    sequence: { sequencer: LongestFirst },
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
