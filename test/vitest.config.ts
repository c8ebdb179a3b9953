import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: join(import.meta.dirname, '..'),
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    setupFiles: ['test/support/close-running.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})
