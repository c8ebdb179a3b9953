import { openDatabase } from '../../shared/edge/database.ts'
import { Hono } from '../../shared/edge/hono.ts'
import { commonPages } from '../../shared/ui/common-pages.tsx'
import { catalogueApi } from './catalogue/api.ts'
import { cataloguePages } from './catalogue/routes.tsx'
import { health } from './edge/health.ts'
import type { OrderingEnv } from './edge/ordering-env.ts'
import { frameProps } from './edge/frame.tsx'
import { frameFor } from './edge/page-context.ts'
import { DESCRIBED_RIGHTS } from './edge/rights.ts'
import { ordersApi } from './entry/api.ts'
import { orderPages } from './entry/routes.tsx'
import { partnerApi } from './feed/partner-api.ts'
import { republishApi } from './feed/republish-api.ts'
import { orderForms } from './form/routes.tsx'
import { importApi } from './import/api.ts'
import { listPages } from './list/routes.tsx'
import { ownApi } from './openapi/api.ts'
import { auditApi } from './records/audit-api.ts'

/** Ordering's JSON API (contract, section 3). */
const api = new Hono<OrderingEnv>()
  .route('/', ownApi)
  .route('/', importApi)
  .route('/', catalogueApi)
  .route('/', partnerApi)
  .route('/', republishApi)
  .route('/', auditApi)
  .route('/', ordersApi)

/** The doors of ordering's rooms, for programs below /api and for people. */
export const routes = new Hono<OrderingEnv>()
  .use(openDatabase)
  .route('/', health)
  .route('/api', api)
  .route('/', listPages)
  .route('/', orderForms)
  .route('/', orderPages)
  .route('/', cataloguePages)
  .route(
    '/',
    commonPages<OrderingEnv>((c) => frameProps(frameFor(c)), DESCRIBED_RIGHTS),
  )
