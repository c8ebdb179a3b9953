import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { anOrder, order10248, orderAtTwoRates, placeDraft, placeOrder } from '../../support/orders.ts'
import type { Answer } from '../../../shared/simulator/running-worker.ts'
import { startTogether, type Together } from '../../support/together.ts'
import { insertManyBySql } from '../../together/sql-orders.ts'
import { type OddRequest, oddRequest } from './odd-requests.ts'

// `npm run fuzz` asks for many requests under a seed of the day; without it a few are sent, always the same.
const LONG = process.env['MODE'] === 'fuzz'
const REQUESTS = LONG ? 10_000 : 600
const SEED = LONG ? Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31) : 7
/** How many are under way at once. */
const TOGETHER = 10
const TIMEOUT_MS = LONG ? 1_800_000 : 120_000

/** What no answer may hold: where in the code something was thrown, or what the database said. */
const INNARDS = /\n\s+at .+:\d+|\.tsx?:\d+|node_modules|SQLITE_|D1_ERROR|Failed query/

function send({ ordering, billing }: Together, { app, method, path, headers, body }: OddRequest): Promise<Answer> {
  const { handle, origin } = app === 'ordering' ? ordering : billing
  // What the worker answers is looked at as it is: a redirect is not followed.
  return handle.fetch(origin + path, { method, headers, redirect: 'manual', ...(body === undefined ? {} : { body }) })
}

/** Sends them together, and returns what is wrong with the answers. */
async function findFaults(together: Together, requests: readonly OddRequest[]): Promise<string[]> {
  const answers = await Promise.all(
    requests.map(async (request) => {
      const answer = await send(together, request)
      return { request, status: answer.status, text: await answer.text() }
    }),
  )
  return answers
    .filter(({ status, text }) => status >= 500 || INNARDS.test(text))
    .map(
      ({ request, status, text }) => `${status} ${request.method} ${request.app}${request.path}: ${text.slice(0, 300)}`,
    )
}

it(
  `${REQUESTS} odd requests with every role are answered without a 5xx and without what is inside`,
  async () => {
    const together = await startTogether()
    await placeOrder(together.ordering, order10248)
    await placeOrder(together.ordering, orderAtTwoRates)
    await placeDraft(together.ordering, anOrder())
    await together.pull()
    const property = fc.asyncProperty(
      fc.array(oddRequest, { minLength: TOGETHER, maxLength: TOGETHER, size: 'max' }),
      async (requests) => {
        expect(await findFaults(together, requests)).toEqual([])
      },
    )
    await fc.assert(property, { numRuns: REQUESTS / TOGETHER, seed: SEED, endOnFailure: !LONG })
    expect(together.log('request.failed')).toEqual([])
  },
  TIMEOUT_MS,
)

it(
  `${REQUESTS / 2} odd requests by who may only read change nothing that a person decides`,
  async () => {
    const ROLES = '{"email:you@example.com": ["auditor", "feed"]}'
    const together = await startTogether({ ordering: { ROLES }, billing: { ROLES } })
    const { ordering, billing } = together
    await insertManyBySql(ordering, { from: 1, to: 6, draftEach: 3 })
    await together.cron()
    const read = async () => ({
      orders: await ordering.sql('SELECT number, state, revision, fingerprint FROM orders'),
      audited: [await ordering.sql('SELECT * FROM audit'), await billing.sql('SELECT * FROM audit')],
      catalogue: [await ordering.sql('SELECT * FROM customers'), await ordering.sql('SELECT * FROM products')],
      invoices: await billing.sql('SELECT * FROM invoices'),
      token: await billing.sql('SELECT token FROM order_pull'),
      runs: await billing.sql('SELECT count(*) AS runs FROM pull_runs'),
    })
    const before = await read()
    const property = fc.asyncProperty(
      fc.array(oddRequest, { minLength: TOGETHER, maxLength: TOGETHER, size: 'max' }),
      async (requests) => {
        expect(await findFaults(together, requests)).toEqual([])
      },
    )
    await fc.assert(property, { numRuns: REQUESTS / 2 / TOGETHER, seed: SEED + 1, endOnFailure: !LONG })
    expect(await read()).toEqual(before)
  },
  TIMEOUT_MS,
)
