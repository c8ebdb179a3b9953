import { assembleDocument } from '../../../shared/openapi/assemble.ts'
import { AUDIT_OPERATIONS, AUDIT_TAG } from '../../../shared/openapi/audit.ts'
import type { ApiClientSchema } from '../../../shared/openapi/client.ts'
import type { Operation } from '../../../shared/openapi/operation.ts'
import { health } from '../../../shared/openapi/order.ts'
import { OWN_OPERATIONS, OWN_TAG } from '../../../shared/openapi/own.ts'
import { RULES } from '../edge/rights.ts'
import { CATALOGUE_OPERATIONS } from './catalogue.ts'
import { FEED_OPERATIONS } from './feed.ts'
import { ORDER_OPERATIONS } from './orders.ts'

const OPERATIONS = {
  ...CATALOGUE_OPERATIONS,
  ...ORDER_OPERATIONS,
  ...FEED_OPERATIONS,
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

/** The document of ordering's API. */
export function describeOrderingApi() {
  return assembleDocument({
    title: 'Waybill ordering',
    description:
      'Customers, products and orders. A confirmed order goes to billing automatically.\n\n' +
      'All money is an integer in the currency’s minor unit. Every refusal is problem details (RFC 9457), and its ' +
      '`type` is the address of a page that explains it.',
    tags: {
      Orders: 'Orders from their first draft on.',
      Feed: 'All changed orders in the order of their numbers.',
      Catalogue: 'Customers and products, from which orders are made.',
      Health: 'For monitoring.',
      ...AUDIT_TAG,
      ...OWN_TAG,
    },
    operations: OPERATIONS,
    rules: RULES,
  })
}

/** Ordering's API for Hono's typed client: `hc<OrderingApi>(origin)`. */
export type OrderingApi = ApiClientSchema<typeof OPERATIONS>
