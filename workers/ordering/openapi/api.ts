import { makeOwnApi } from '../../../shared/openapi/door.tsx'
import { frameProps } from '../edge/frame.tsx'
import type { OrderingEnv } from '../edge/ordering-env.ts'
import { frameFor } from '../edge/page-context.ts'

/** What ordering's API says of itself, below /api. */
export const ownApi = makeOwnApi<OrderingEnv>('ordering', (c) => frameProps(frameFor(c)))
