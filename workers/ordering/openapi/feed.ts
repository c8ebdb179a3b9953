import * as z from 'zod'
import { DEFAULT_BATCH_LIMIT, MAX_BATCH_LIMIT } from '../../../shared/handover/protocol.ts'
import { nameSchema, parameter } from '../../../shared/openapi/describe.ts'
import type { Operation } from '../../../shared/openapi/operation.ts'
import { republishInput, republishOutcome } from '../feed/republish-input.ts'
import * as examples from './examples.ts'
import { order } from './orders.ts'

const feedBatch = z
  .object({
    orders: z.array(order).describe('Each in its latest content, each once; Deleted ones too.'),
    next: z.string().describe('Send it as `after` to continue. Keep it with what you have stored.'),
    more: z.boolean().describe('There is more after this batch. Only this marks the end: a batch may be short.'),
    epoch: z.string().describe('The history of the feed. Another one means that ordering was restored from a backup.'),
    schema: z.int().describe('The shape of the feed; raised when its readers have to know.'),
  })
  .meta({
    id: 'FeedBatch',
    description:
      'A batch of the feed: orders that were ever confirmed and have changed, in the order of their numbers.',
  })

nameSchema(republishInput, 'RepublishInput', 'Which orders to republish.', {
  after: 'Those after this number.',
  limit: 'How many at most.',
})
nameSchema(republishOutcome, 'RepublishOutcome', 'What was republished.', {
  republished: 'How many orders.',
  next: 'Send it as `after` to continue; null at the end.',
})

/** How the feed is read, and orders are republished. */
export const FEED_OPERATIONS = {
  readFeed: {
    route: 'GET /api/feed/orders',
    tag: 'Feed',
    summary: 'Read the feed',
    description:
      'What changed after the token, for a partner that keeps a copy. Ask on while `more` is true, then now and ' +
      'then. ' +
      'Keep the page’s `epoch` with each order. A token of another history is answered 410 with the `epoch` to read ' +
      'under: ordering was restored from a backup, so read from the start again. Once `more` is false, copies that ' +
      'are ' +
      'still under an older epoch were lost in the restore: mark them and act on them no longer. One that is ' +
      'restored ' +
      'comes again.',
    parameters: {
      query: {
        after: parameter(z.string().optional(), 'The `next` of the page before; left out, it begins at the start.'),
        limit: parameter(
          z.int().min(1).max(MAX_BATCH_LIMIT).default(DEFAULT_BATCH_LIMIT),
          'How many orders a page has at most.',
        ),
      },
    },
    answers: { 200: { description: 'A page.', schema: feedBatch, example: examples.FEED_BATCH } },
    problems: ['invalid-token', 'restored', 'too-many-requests'],
  },
  republishOrders: {
    route: 'POST /api/feed/republish',
    tag: 'Feed',
    summary: 'Republish orders',
    description:
      'For use after a release that adds a member to the feed’s records: readers get each order again, unchanged. ' +
      'Send ' +
      'the request again with the answer’s `next` until that is null.',
    body: { mediaType: 'application/json', schema: republishInput, required: true, example: examples.REPUBLISH },
    answers: { 200: { description: 'How far it got.', schema: republishOutcome, example: examples.REPUBLISHED } },
    problems: [],
  },
} as const satisfies Record<string, Operation>
