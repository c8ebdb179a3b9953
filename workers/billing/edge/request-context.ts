import type { Context } from '../../../shared/handover/consumer/definition.ts'

/** Who acts, when, by which request, and with what. A decision is known by its `requestId`. */
export type RequestContext = Context<Env>
