import type { QueryParameters } from '../../../shared/edge/query-parameters.ts'
import { FEED_PARAMETERS } from '../../../shared/handover/protocol.ts'

const LIST = ['q', 'state', 'customer', 'currency', 'from', 'to', 'billing', 'sort', 'csv']

/** What the address of each list, file and program's request may ask for; all other routes of programs ask nothing. */
export const QUERY_PARAMETERS: QueryParameters = {
  // One form asks for either file, and says of both how CSV is written.
  'GET /orders.csv': LIST,
  'GET /orders.xlsx': LIST,
  'GET /api/orders': ['state', 'q', 'after', 'limit'],
  'GET /api/customers': ['q', 'limit'],
  'GET /api/products': ['q', 'limit', 'currency'],
  'GET /api/feed/orders': FEED_PARAMETERS,
  'GET /api/audit': ['after', 'limit'],
}

/** The same of what OrderService answers over its binding beside the feed. */
export const SERVICE_PARAMETERS: QueryParameters = { 'GET /orders/find': ['q'] }
