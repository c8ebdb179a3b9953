import { makeOwnApi } from '../../../shared/openapi/door.tsx'
import type { BillingEnv } from '../edge/billing-env.ts'
import { frameProps } from '../edge/frame.tsx'
import { frameOf } from '../edge/page-context.ts'

/** What billing's API says of itself, below /api. */
export const ownApi = makeOwnApi<BillingEnv>('billing', (c) => frameProps(frameOf(c)))
