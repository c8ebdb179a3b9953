import * as z from 'zod'
import { health, order } from '../../../shared/openapi/order.ts'
import {
  customerInput,
  importedOrder,
  MAX_BATCH_LIMIT,
  orderInput,
  orderNumber,
} from '../../../shared/contract/order.ts'
import { type Api, describeApi, type Operation } from '../../../shared/openapi/document.ts'
import { AUDIT_COMPONENTS, AUDIT_OPERATIONS, AUDIT_TAG } from '../../../shared/openapi/audit.ts'
import type { ApiClientSchema } from '../../../shared/openapi/client.ts'
import { OWN_COMPONENTS, OWN_OPERATIONS, OWN_TAG } from '../../../shared/openapi/own.ts'
import { AFTER, IF_MATCH, IF_NONE_MATCH, LIMIT, type Parameter } from '../../../shared/openapi/parameters.ts'
import { republishInput, republishOutcome } from '../feed/republish-input.ts'
import * as examples from './examples.ts'
import {
  answeredFeedBatch,
  COMPONENTS,
  customerList,
  importOutcome,
  orderList,
  productList,
  shownOrder,
} from './schemas.ts'
import { FOLDING } from '../../../shared/text/fold.ts'
import { product } from '../catalogue/product.ts'
import { RULES } from '../edge/rights.ts'

const NUMBER = { number: { schema: orderNumber, description: 'The order’s number.', example: 1 } } as const
const Q: Parameter = {
  schema: z.string(),
  description: `A part of the name or of the id. ${FOLDING}`,
}
const PRODUCT_CURRENCY: Parameter = {
  schema: product.shape.currency,
  description: 'Products in this currency come before the others, after the one with just that SKU.',
}
const ETAG = { ETag: 'The order’s revision, in quotes. Send it in `If-Match` to change what you have read.' }
const SAFE_TO_REPEAT =
  'At most 1,000 lines. Safe to repeat: what is there already is counted as unchanged. A line with a customer who was ' +
  'erased is refused as `/problems/customer-erased`.'

/** Each thing that ordering's API can be asked. */
export const OPERATIONS = {
  importCustomers: {
    route: 'POST /api/customers/import',
    tag: 'Catalogue',
    summary: 'Import customers',
    description: SAFE_TO_REPEAT,
    body: {
      mediaType: 'application/x-ndjson',
      schema: customerInput,
      required: false,
      example: examples.CUSTOMER,
    },
    answers: { 200: { description: 'What was done.', schema: importOutcome, example: examples.ONE_CREATED } },
    problems: [],
  },
  importProducts: {
    route: 'POST /api/products/import',
    tag: 'Catalogue',
    summary: 'Import products',
    description: 'At most 1,000 lines. Safe to repeat: what is there already is counted as unchanged.',
    body: { mediaType: 'application/x-ndjson', schema: product, required: false, example: examples.PRODUCT },
    answers: { 200: { description: 'What was done.', schema: importOutcome, example: examples.ONE_CREATED } },
    problems: [],
  },
  listCustomers: {
    route: 'GET /api/customers',
    tag: 'Catalogue',
    summary: 'Find customers',
    parameters: { query: { q: Q, limit: LIMIT } },
    answers: {
      200: { description: 'Those found.', schema: customerList, example: { customers: [examples.FOUND_CUSTOMER] } },
    },
    problems: [],
  },
  listProducts: {
    route: 'GET /api/products',
    tag: 'Catalogue',
    summary: 'Find products',
    parameters: { query: { q: Q, limit: LIMIT, currency: PRODUCT_CURRENCY } },
    answers: { 200: { description: 'Those found.', schema: productList, example: { products: [examples.PRODUCT] } } },
    problems: [],
  },
  placeOrder: {
    route: 'POST /api/orders',
    tag: 'Orders',
    summary: 'Place an order',
    description:
      'It is a Draft until it is confirmed. With an `Idempotency-Key` a request can be repeated when its answer was ' +
      'lost: the same key and body answer the same order again.',
    parameters: {
      header: {
        'Idempotency-Key': {
          schema: z.string().min(1).max(255),
          description: 'Chosen by the sender for this one request; printable ASCII. It is kept for 24 hours.',
        },
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
      'The highest number first. Deleted orders are never listed. A page may hold fewer than `limit`, or none, although `next` leads on: where few orders match, only so many are looked at for one answer.',
    parameters: {
      query: {
        state: { schema: z.enum(['Draft', 'Confirmed', 'Deleted']), description: 'Only those in this state.' },
        q: {
          schema: z.string(),
          description: `A part of the customer’s name or of the \`externalId\`; or a number, also as \`#12\` or \`012\`. ${FOLDING}`,
        },
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
    parameters: { path: NUMBER, header: { 'If-Match': { ...IF_MATCH, required: true } } },
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
    parameters: { path: NUMBER, header: { 'If-Match': IF_MATCH } },
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
  readFeed: {
    route: 'GET /api/feed/orders',
    tag: 'Feed',
    summary: 'Read the feed',
    description:
      'What changed after the token, for a partner that keeps a copy. Ask on while `more` is true, then now and then. ' +
      'Keep the page’s `epoch` with each order. A token of another history is answered 410 with the `epoch` to read ' +
      'under: ordering was restored from a backup, so read from the start again. Once `more` is false, copies that are ' +
      'still under an older epoch were lost in the restore: mark them and act on them no longer. One that is restored ' +
      'comes again.',
    parameters: {
      query: {
        after: { schema: z.string(), description: 'The `next` of the page before; left out, it begins at the start.' },
        limit: {
          schema: z.int().min(1).max(MAX_BATCH_LIMIT).default(500),
          description: 'How many orders a page has at most.',
        },
      },
    },
    answers: { 200: { description: 'A page.', schema: answeredFeedBatch, example: examples.FEED_BATCH } },
    problems: ['invalid-token', 'restored', 'too-many-requests'],
  },
  republishOrders: {
    route: 'POST /api/feed/republish',
    tag: 'Feed',
    summary: 'Republish orders',
    description:
      'For use after a release that adds a member to the feed’s records: readers get each order again, unchanged. Send ' +
      'the request again with the answer’s `next` until that is null.',
    body: { mediaType: 'application/json', schema: republishInput, required: true, example: examples.REPUBLISH },
    answers: { 200: { description: 'How far it got.', schema: republishOutcome, example: examples.REPUBLISHED } },
    problems: [],
  },
  deleteOrder: {
    route: 'DELETE /api/orders/:number',
    tag: 'Orders',
    summary: 'Delete an order',
    description: 'It stays on record as Deleted, and billing cancels its invoice unless that is approved.',
    parameters: { path: NUMBER, header: { 'If-Match': IF_MATCH } },
    answers: { 204: { description: 'It is deleted, now or since earlier.' } },
    problems: ['not-found', 'stale', 'not-own-draft'],
  },
  readHealth: {
    route: 'GET /health',
    tag: 'Health',
    summary: 'Ask whether the app is well',
    answers: { 200: { description: 'It is.', schema: health, example: { status: 'ok' } } },
    problems: [],
  },
  ...AUDIT_OPERATIONS,
  ...OWN_OPERATIONS,
} as const satisfies Record<string, Operation>

const API: Api = {
  title: 'Waybill ordering',
  description:
    'Customers, products and orders. An order that is confirmed goes to billing by itself.\n\n' +
    'All money is an integer in the currency’s minor unit. Every refusal is problem details (RFC 9457), and its ' +
    '`type` is the address of a page that explains it.',
  tags: {
    Orders: 'Orders from their first draft on.',
    Feed: 'All changed orders in the order of their numbers.',
    Catalogue: 'Customers and products, from which orders are made.',
    Health: 'For whoever watches the app.',
    ...AUDIT_TAG,
    ...OWN_TAG,
  },
  operations: OPERATIONS,
  components: { ...COMPONENTS, ...AUDIT_COMPONENTS, ...OWN_COMPONENTS },
  rules: RULES,
}

/** The document of ordering's API. */
export function describeOrderingApi() {
  return describeApi(API)
}

/** Ordering's API for Hono's typed client: `hc<OrderingApi>(origin)`. */
export type OrderingApi = ApiClientSchema<typeof OPERATIONS>
