import { openDatabase } from '../../shared/edge/database.ts'
import { Hono } from '../../shared/edge/hono.ts'
import { commonPages } from '../../shared/ui/common-pages.tsx'
import { creditApi } from './credit/api.ts'
import { reissueApi } from './credit/reissue-api.ts'
import { reissuePages } from './credit/reissue-routes.tsx'
import { creditPages } from './credit/routes.tsx'
import type { BillingEnv } from './edge/billing-env.ts'
import { frameProps } from './edge/frame.tsx'
import { frameOf } from './edge/page-context.ts'
import { DESCRIBED_RIGHTS } from './edge/rights.ts'
import { exportPages } from './export/routes.tsx'
import { invoicesApi } from './invoices/api.ts'
import { invoicePages } from './invoices/routes.tsx'
import { listPages } from './list/routes.tsx'
import { ownApi } from './openapi/api.ts'
import { ordersApi } from './orders/api.ts'
import { orderPages } from './orders/routes.tsx'
import { approvalPages } from './queue/routes.tsx'
import { auditApi } from './records/audit-api.ts'
import { erasureApi } from './records/erasure-api.ts'
import { health, syncApi } from './sync/api.ts'
import { syncPages } from './sync/routes.tsx'
import { traceApi } from './trace/api.ts'

/** Billing's JSON API (contract, section 5). */
const api = new Hono<BillingEnv>()
  .route('/', ownApi)
  .route('/', ordersApi)
  .route('/', traceApi)
  .route('/', invoicesApi)
  .route('/', creditApi)
  .route('/', reissueApi)
  .route('/sync', syncApi)
  .route('/', auditApi)
  .route('/', erasureApi)

/** The doors of billing's rooms, for programs below /api and for people. */
export const routes = new Hono<BillingEnv>()
  .use(openDatabase)
  .route('/', health)
  .route('/api', api)
  .route('/', listPages)
  .route('/', exportPages)
  .route('/', invoicePages)
  .route('/', orderPages)
  .route('/', approvalPages)
  .route('/', creditPages)
  .route('/', reissuePages)
  .route('/', syncPages)
  .route(
    '/',
    commonPages<BillingEnv>((c) => frameProps(frameOf(c)), DESCRIBED_RIGHTS),
  )
