import { COMMON_RULES, defineRights, type Rules } from '../../../shared/access/rules.ts'
import type { Role } from '../../../shared/access/roles.ts'

/** What can be done in ordering, and the roles that may. A clerk deletes only what `mayDelete` lets them. */
const RIGHTS = {
  read: ['clerk', 'manager', 'accountant', 'operator', 'auditor'],
  enter: ['clerk', 'manager'],
  delete: ['clerk', 'manager'],
  import: ['manager', 'operator'],
  audit: ['auditor'],
  readFeed: ['feed'],
  operate: ['operator'],
} as const satisfies Record<string, readonly Role[]>

type Right = keyof typeof RIGHTS

const TITLES: Record<Right, string> = {
  read: 'See orders, customers and products',
  enter: 'Enter, amend and confirm orders',
  delete: 'Delete orders; clerks, only their own drafts',
  import: 'Import orders, customers and products',
  audit: 'Export the audit',
  readFeed: 'Read the feed',
  operate: 'Republish all orders',
}

/** Whether somebody with these roles has the right, and all rights as people read them. */
export const { may, described: DESCRIBED_RIGHTS } = defineRights(RIGHTS, TITLES)

/** Who may use which route. The edge refuses a route that is not here. */
export const RULES: Rules = {
  ...COMMON_RULES,

  'GET /': RIGHTS.read,
  'GET /orders': RIGHTS.read,
  'GET /orders.csv': RIGHTS.read,
  'GET /orders.xlsx': RIGHTS.read,
  'GET /orders/:number': RIGHTS.read,
  'GET /customers': RIGHTS.read,
  'GET /products': RIGHTS.read,
  'GET /orders/new': RIGHTS.enter,
  'POST /orders': RIGHTS.enter,
  'GET /orders/:number/edit': RIGHTS.enter,
  'POST /orders/:number/edit': RIGHTS.enter,
  'GET /orders/:number/confirm': RIGHTS.read,
  'POST /orders/:number/confirm': RIGHTS.enter,
  'GET /orders/:number/delete': RIGHTS.delete,
  'POST /orders/:number/delete': RIGHTS.delete,

  'GET /api/feed/orders': RIGHTS.readFeed,
  'POST /api/feed/republish': RIGHTS.operate,
  'GET /api/orders': RIGHTS.read,
  'GET /api/orders/:number{[1-9][0-9]*}': RIGHTS.read,
  'GET /api/customers': RIGHTS.read,
  'GET /api/products': RIGHTS.read,
  'GET /api/audit': RIGHTS.audit,
  'POST /api/orders': RIGHTS.enter,
  'PUT /api/orders/:number{[1-9][0-9]*}': RIGHTS.enter,
  'POST /api/orders/:number{[1-9][0-9]*}/confirm': RIGHTS.enter,
  'DELETE /api/orders/:number{[1-9][0-9]*}': RIGHTS.delete,
  'POST /api/orders/import': RIGHTS.import,
  'POST /api/customers/import': RIGHTS.import,
  'POST /api/products/import': RIGHTS.import,
}

/** What takes many records at a time, or goes through all of them: how often is no matter of one person's pace. */
export const BULK_ROUTES: readonly string[] = [
  'POST /api/orders/import',
  'POST /api/customers/import',
  'POST /api/products/import',
  'POST /api/feed/republish',
]
