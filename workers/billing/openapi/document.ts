import { assembleDocument } from '../../../shared/openapi/assemble.ts'
import { AUDIT_OPERATIONS, AUDIT_TAG } from '../../../shared/openapi/audit.ts'
import type { ApiClientSchema } from '../../../shared/openapi/client.ts'
import type { Operation } from '../../../shared/openapi/operation.ts'
import { health } from '../../../shared/openapi/order.ts'
import { OWN_OPERATIONS, OWN_TAG } from '../../../shared/openapi/own.ts'
import { RULES } from '../edge/rights.ts'
import { CREDIT_OPERATIONS } from './credit.ts'
import { INVOICE_OPERATIONS } from './invoices.ts'
import { ORDER_OPERATIONS } from './orders.ts'
import { ERASURE_OPERATIONS } from './personal-data.ts'
import { SYNC_OPERATIONS } from './sync.ts'

const OPERATIONS = {
  ...SYNC_OPERATIONS,
  ...ORDER_OPERATIONS,
  ...INVOICE_OPERATIONS,
  ...CREDIT_OPERATIONS,
  readHealth: {
    route: 'GET /health',
    tag: 'Health',
    summary: 'Ask whether the app is well',
    answers: { 200: { description: 'It is, or somebody should look.', schema: health, example: { status: 'ok' } } },
    problems: [],
  },
  ...AUDIT_OPERATIONS,
  ...ERASURE_OPERATIONS,
  ...OWN_OPERATIONS,
} as const satisfies Record<string, Operation>

/** The document of billing's API. */
export function describeBillingApi() {
  return assembleDocument({
    title: 'Waybill billing',
    description:
      'Invoices of the orders that were confirmed in ordering. Orders arrive automatically, every minute.\n\n' +
      'All money is an integer in the currency’s minor unit. Every refusal is problem details (RFC 9457), and its ' +
      '`type` is the address of a page that explains it.',
    tags: {
      Invoices: 'One for each order.',
      'Credit notes': 'What corrects approved invoices.',
      Orders: 'Billing’s copies of ordering’s orders.',
      Synchronisation: 'How billing keeps up with ordering, and what an operator does about it.',
      Health: 'For monitoring.',
      ...AUDIT_TAG,
      'Personal data': 'What there is of a customer, and how it is erased.',
      ...OWN_TAG,
    },
    operations: OPERATIONS,
    rules: RULES,
  })
}

/** Billing's API for Hono's typed client: `hc<BillingApi>(origin)`. */
export type BillingApi = ApiClientSchema<typeof OPERATIONS>
