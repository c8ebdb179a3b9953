import * as z from 'zod'
import { orderNumber } from '../../../shared/contract/order.ts'
import { parameter } from '../../../shared/openapi/describe.ts'
import type { Operation } from '../../../shared/openapi/operation.ts'
import { publishedMembers } from '../../../shared/openapi/order.ts'
import { FOUND_STATES, PLACES } from '../trace/place.ts'
import { LONGEST_SEARCH } from '../../../shared/edge/list-query.ts'
import * as examples from './examples.ts'

const orderCopy = z
  .object({
    ...publishedMembers,
    source: z.enum(['pull', 'deep-link']).describe('Which way its content came.'),
    fetchedAt: z.iso.datetime().describe('When its content was read from ordering.'),
    orphaned: z.boolean().describe('Ordering has the order no longer: it was restored to a moment before it.'),
  })
  .meta({ id: 'OrderCopy', description: 'Billing’s copy of an order.' })

/** An order's way through both apps. */
export const trace = z
  .object({
    number: z.int().describe('The order’s number.'),
    place: z.enum(PLACES).describe('Where it is now.'),
    headline: z.string().describe('The same in a sentence or two for people.'),
    changedSince: z
      .boolean()
      .describe('Whether something has happened to the order since that its place does not say.'),
    steps: z
      .array(
        z.object({
          app: z.enum(['ordering', 'billing']),
          step: z.enum([
            'entered',
            'confirmed',
            'changed',
            'numbered',
            'pulled',
            'linked',
            'quarantined',
            'invoiced',
            'approved',
            'rejected',
            'credited',
            'reissued',
            'cancelled',
            'notified',
          ]),
          at: z.iso.datetime().nullable(),
          detail: z.string(),
          reason: z.string().exactOptional(),
          runId: z.string().exactOptional(),
        }),
      )
      .describe('What happened, the oldest first.'),
    stuck: z
      .object({ where: z.enum(['ordering', 'billing']), why: z.string() })
      .nullable()
      .describe('Where it is held up, and why; null if nothing is known to hold it up.'),
    notKnown: z.string().nullable().describe('What cannot be said now, and why; null where both apps answered.'),
  })
  .meta({ id: 'Trace', description: 'An order’s way through both apps.' })

const foundOrder = z
  .object({
    number: z.int().describe('The order’s number.'),
    externalId: z.string().nullable().describe('The id in the system that it was imported from.'),
    customer: z.string().nullable().describe('The customer’s name; null where billing has no record that says it.'),
    state: z
      .enum(FOUND_STATES)
      .describe('Its invoice’s state, or why it has none. InOrdering: billing does not have the order yet.'),
    invoiceNumber: z.string().nullable().describe('Its newest invoice’s number; null before the approval.'),
  })
  .meta({ id: 'FoundOrder', description: 'An order that a question may mean.' })

const orderSearch = z
  .object({
    orders: z.array(foundOrder).describe('The orders that may be meant, at most 20.'),
    more: z.boolean().describe('Whether there are more.'),
    trace: trace.nullable().describe('The order’s way, where only one can be meant; else null.'),
    notKnown: z.string().nullable().describe('What cannot be said now, and why; null where nothing is missing.'),
  })
  .meta({ id: 'OrderSearch', description: 'What was found.' })

const NUMBER = { number: parameter(orderNumber, 'The order’s number.', 1) }

/** How billing's copies of orders are read and traced. */
export const ORDER_OPERATIONS = {
  readOrder: {
    route: 'GET /api/orders/:number',
    tag: 'Orders',
    summary: 'Read the copy of an order',
    parameters: { path: NUMBER },
    answers: { 200: { description: 'The copy.', schema: orderCopy, example: examples.ORDER_COPY } },
    problems: ['not-found', 'deleted'],
  },
  traceOrder: {
    route: 'GET /api/orders/:number/trace',
    tag: 'Orders',
    summary: 'Trace an order through both apps',
    parameters: { path: NUMBER },
    answers: { 200: { description: 'The order’s trace.', schema: trace, example: examples.TRACE } },
    problems: ['not-found'],
  },
  searchOrder: {
    route: 'GET /api/trace',
    tag: 'Orders',
    summary: 'Find an order, and trace it',
    description:
      'What billing has by the whole of `q` counts first: the order’s number or external id, its invoice’s or credit ' +
      'note’s number, or its customer’s id. Then ordering is asked for an order with this number or external id that ' +
      'billing does not have yet. Then `q` is looked for as invoices are, as a part of the customer’s name too.',
    parameters: {
      query: {
        q: parameter(
          z.string().min(1).max(LONGEST_SEARCH),
          'A number, also as `#12` or `012`, an id or a name.',
          'NW-10248',
        ),
      },
    },
    answers: { 200: { description: 'What was found.', schema: orderSearch, example: examples.ORDER_SEARCH } },
    problems: ['invalid-query', 'not-found'],
  },
} as const satisfies Record<string, Operation>
