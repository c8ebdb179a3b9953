import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestHarness, experimental_readRawConfig, type TestHarness } from 'wrangler'

const ROOT = join(import.meta.dirname, '../..')
let harness: TestHarness

/** Ordering as its configuration file has it, but for the development identity. */
beforeAll(async () => {
  // oxlint-disable-next-line typescript/no-unsafe-call -- wrangler's types for it are in a package that it does not ship
  const { rawConfig } = experimental_readRawConfig({ config: join(ROOT, 'wrangler.ordering.toml') }) as {
    rawConfig: { name: string; access?: unknown }
  }
  const { access: _, ...config } = rawConfig
  harness = createTestHarness({ root: ROOT, workers: [{ config }] })
  await harness.listen()
})
afterAll(() => harness.close())

it('without an identity from Cloudflare Access every page and API answers 403, whatever the headers say', async () => {
  const headers = {
    'Cf-Access-Authenticated-User-Email': 'ana@example.com',
    'Cf-Access-Jwt-Assertion': 'eyJhbGciOiJub25lIn0.eyJlbWFpbCI6ImFuYUBleGFtcGxlLmNvbSJ9.',
    Cookie: 'CF_Authorization=eyJhbGciOiJub25lIn0.eyJlbWFpbCI6ImFuYUBleGFtcGxlLmNvbSJ9.',
  }
  for (const path of ['/', '/orders', '/orders/1', '/api/orders', '/api/nothing', '/problems/stale', '/health/']) {
    const response = await harness.fetch(path, { headers })
    expect([path, response.status]).toEqual([path, 403])
  }
  const write = await harness.fetch('/api/orders', { method: 'POST', headers })
  expect(write.status).toBe(403)
  expect(await write.json()).toMatchObject({ type: '/problems/forbidden', title: 'You are not signed in' })
})

it('a page that answers 403 says what to do', async () => {
  const response = await harness.fetch('/orders')
  expect(await response.text()).toMatch(/<h1[^>]*>You are not signed in<\/h1>/)
})

it('static assets are there for everybody', async () => {
  const response = await harness.fetch('/waybill.css')
  expect(response.status).toBe(200)
})

it('/health is there for everybody, and answers 503 while the database has no tables', async () => {
  expect((await harness.fetch('/health')).status).toBe(503)
  await harness.getWorker('ordering').applyD1Migrations('DB')
  expect((await harness.fetch('/health')).status).toBe(200)
})
