import { noCost } from '../../db/d1.ts'
import { openD1 } from '../../db/open-d1.ts'
import { createLog } from '../../edge/log.ts'
import type { Context } from './definition.ts'

/** What a consumer acts with, for a Worker that has nothing of its own to say: now, with a new id; `by` is who asks. */
export function contextOf<E extends { DB: D1Database; LOG_LEVEL?: string }>(env: E, by: string): Context<E> {
  return {
    env,
    db: openD1(env.DB, noCost()),
    by,
    now: new Date().toISOString(),
    requestId: crypto.randomUUID(),
    log: createLog(env.LOG_LEVEL ?? ''),
  }
}
