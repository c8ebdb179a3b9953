import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { order10248, placeOrder } from '../support/orders.ts'
import { startTogether } from '../support/together.ts'
import { DOCUMENTS, judgeAnswer } from './answer-check.ts'
import { oddRequests } from './odd-requests.ts'

/** In all, to both apps; more take minutes. */
const REQUESTS = Number(process.env['ODD_REQUESTS'] ?? 400)
const PER_REQUEST_MS = 100

describe.each(['ordering', 'billing'] as const)(
  '%s, asked what its document allows and what is near to that',
  (app) => {
    it(
      'never answers a 5xx, nor anything that the document does not have',
      async () => {
        const together = await startTogether()
        for (const letter of ['A', 'B', 'C', 'D']) {
          await placeOrder(together.ordering, { ...order10248, externalId: letter })
        }
        await together.pull()
        await fc.assert(
          fc.asyncProperty(oddRequests(DOCUMENTS[app]), async ({ method, path, headers, body }) => {
            const answer = await together[app].fetch(path, { method, headers, ...(body === undefined ? {} : { body }) })
            const contentType = answer.headers.get('Content-Type')
            const judged = { status: answer.status, contentType, body: await answer.text() }
            expect(answer.status).toBeLessThan(500)
            expect(judgeAnswer(app, method, path, judged)).toBeUndefined()
          }),
          { numRuns: REQUESTS / 2 },
        )
      },
      30_000 + REQUESTS * PER_REQUEST_MS,
    )
  },
)
