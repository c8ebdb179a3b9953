import * as z from 'zod'
import { orderNumber } from '../../../shared/contract/order.ts'
import { chargeInput, importedOrder, lineInput, orderInput } from '../../../shared/contract/order-input.ts'
import { FOLDING } from '../../../shared/text/fold.ts'
import {
  AFTER,
  IF_MATCH,
  IF_MATCH_IF_SENT,
  IF_NONE_MATCH,
  LIMIT,
  nameSchema,
  parameter,
} from '../../../shared/openapi/describe.ts'
import type { Operation } from '../../../shared/openapi/operation.ts'
import { MEANINGS, orderMembers, SENT_MEANINGS } from '../../../shared/openapi/order.ts'
import * as examples from './examples.ts'
import { importOutcome, SAFE_TO_REPEAT } from './imports.ts'

const INPUT_MEANINGS = {
  ...SENT_MEANINGS,
  externalId: 'The order’s id in the system it comes from; unique. If omitted, unchanged.',
  placedAt: 'When the customer placed it. UTC, ending in Z. If omitted, now, or unchanged.',
}
nameSchema(
  orderInput,
  'OrderInput',
  'An order as it is sent in. An unknown member is refused. Its total is at most 1e15 minor units.',
  INPUT_MEANINGS,
)
nameSchema(
  importedOrder,
  'ImportedOrder',
  'One line of an import: an order with the id that it has where it comes from.',
  { ...INPUT_MEANINGS, state: 'Confirmed: it goes to billing immediately. An import never un-confirms.' },
)
nameSchema(lineInput, 'LineInput', 'One line as it is sent in.', MEANINGS.line)
nameSchema(chargeInput, 'ChargeInput', 'A charge as it is sent in.', MEANINGS.charge)

/** An order, as ordering answers it. */
export const order = z.object(orderMembers).meta({ id: 'Order', description: 'An order.' })

const billingNotice = z
  .looseObject({
    kind: z.enum(['approved', 'rejected', 'credited', 'quarantined', 'released']).describe('What happened in billing.'),
    receivedAt: z.iso.datetime().describe('When ordering received the notice.'),
  })
  .meta({
    id: 'BillingNotice',
    description: 'Something that billing has reported of an order; each kind has members of its own.',
  })

const shownOrder = z
  .object({
    ...orderMembers,
    billing: z
      .array(billingNotice)
      .exactOptional()
      .describe('What billing has reported of the order; left out while it has reported nothing.'),
  })
  .meta({ id: 'ShownOrder', description: 'An order with what billing has reported of it.' })

const orderList = z
  .object({
    orders: z.array(order).describe('Deleted ones are never among them.'),
    next: z.int().nullable().describe('Send it as `after` to continue; null at the end.'),
  })
  .meta({ id: 'OrderList', description: 'Orders, the highest number first.' })

const NUMBER = { number: parameter(orderNumber, 'The order’s number.', 1) }
const ETAG = { ETag: 'The order’s revision, in quotes. Send it in `If-Match` to change what you have read.' }

/** How orders are placed, imported, read, changed and deleted. */
export const ORDER_OPERATIONS = {
  placeOrder: {
    route: 'POST /api/orders',
    tag: 'Orders',
    summary: 'Place an order',
    description:
      'It is a Draft until it is confirmed. With an `Idempotency-Key` a request can be repeated when its answer was ' +
      'lost: the same key and body answer the same order again.',
    parameters: {
      header: {
        'Idempotency-Key': parameter(
          z.string().min(1).max(255).optional(),
          'Chosen by the sender for this one request; printable ASCII. It is kept for 24 hours.',
        ),
      },
    },
    body: { mediaType: 'application/json', schema: orderInput, required: true, example: examples.ORDER_INPUT },
    answers: {
      201: {
        description: 'The order.',
        schema: order,
        example: examples.ORDER,
        headers: {
          ...ETAG,
          Location: 'Where the order is.',
          'Idempotent-Replayed': 'true, if an earlier request with the key has placed it.',
        },
      },
    },
    problems: ['invalid-idempotency-key', 'idempotency-key-reused', 'external-id-taken', 'customer-erased'],
  },
  listOrders: {
    route: 'GET /api/orders',
    tag: 'Orders',
    summary: 'List orders',
    description:
      'The highest number first. Deleted orders are never listed. A page may hold fewer than `limit`, or none, ' +
      'although `next` leads on: where few orders match, one answer examines a limited number of them.',
    parameters: {
      query: {
        state: parameter(z.enum(['Draft', 'Confirmed', 'Deleted']).optional(), 'Only those in this state.'),
        q: parameter(
          z.string().optional(),
          `A part of the customer’s name or of the \`externalId\`; or a number, also as \`#12\` or \`012\`. ${FOLDING}`,
        ),
        after: AFTER,
        limit: LIMIT,
      },
    },
    answers: {
      200: { description: 'The orders.', schema: orderList, example: { orders: [examples.ORDER], next: null } },
    },
    problems: [],
  },
  readOrder: {
    route: 'GET /api/orders/:number',
    tag: 'Orders',
    summary: 'Read an order',
    parameters: { path: NUMBER, header: { 'If-None-Match': IF_NONE_MATCH } },
    answers: {
      200: {
        description: 'The order.',
        schema: shownOrder,
        example: examples.ORDER,
        headers: ETAG,
      },
      304: { description: 'It is as the sender holds it.', headers: ETAG },
    },
    problems: ['not-found', 'deleted'],
  },
  amendOrder: {
    route: 'PUT /api/orders/:number',
    tag: 'Orders',
    summary: 'Amend an order',
    description: 'The whole order is sent. The same content again changes nothing, the revision neither.',
    parameters: { path: NUMBER, header: { 'If-Match': IF_MATCH } },
    body: { mediaType: 'application/json', schema: orderInput, required: true, example: examples.AMENDED_INPUT },
    answers: {
      200: { description: 'The order as it is now.', schema: order, example: examples.AMENDED_ORDER, headers: ETAG },
    },
    problems: ['not-found', 'deleted', 'precondition-required', 'stale', 'external-id-taken', 'customer-erased'],
  },
  confirmOrder: {
    route: 'POST /api/orders/:number/confirm',
    tag: 'Orders',
    summary: 'Confirm an order',
    description: 'From then on it is in the feed, and billing makes its invoice. Confirming again changes nothing.',
    parameters: { path: NUMBER, header: { 'If-Match': IF_MATCH_IF_SENT } },
    answers: {
      200: {
        description: 'The order.',
        schema: order,
        example: examples.CONFIRMED_ORDER,
        headers: { ...ETAG, Link: 'Where billing shows the order’s invoice; rel="next".' },
      },
    },
    problems: ['not-found', 'deleted', 'stale'],
  },
  importOrders: {
    route: 'POST /api/orders/import',
    tag: 'Orders',
    summary: 'Import orders',
    description:
      `${SAFE_TO_REPEAT} A line that was imported already is unchanged, whatever was amended here since; a new line ` +
      'for an order that was amended or deleted here is refused as `/problems/changed-here`.',
    body: {
      mediaType: 'application/x-ndjson',
      schema: importedOrder,
      required: false,
      example: examples.IMPORT_LINE,
    },
    answers: { 200: { description: 'What was done.', schema: importOutcome, example: examples.ONE_CREATED } },
    problems: [],
  },
  deleteOrder: {
    route: 'DELETE /api/orders/:number',
    tag: 'Orders',
    summary: 'Delete an order',
    description: 'It remains on record as Deleted, and billing cancels its invoice unless that is approved.',
    parameters: { path: NUMBER, header: { 'If-Match': IF_MATCH_IF_SENT } },
    answers: { 204: { description: 'It is deleted, now or since earlier.' } },
    problems: ['not-found', 'stale', 'not-own-draft'],
  },
} as const satisfies Record<string, Operation>
