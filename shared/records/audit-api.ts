import type { Context, Env } from 'hono'
import * as z from '../zod.ts'
import { Hono } from '../edge/hono.ts'
import type { AuditEntry } from './audit.ts'
import { bytesOf, cutByBytes, MOST_ANSWER_BYTES } from '../db/byte-limits.ts'
import { fieldErrors, problemResponse } from '../edge/problem.ts'
import { describeQueryErrors } from '../edge/query-parameters.ts'

const MAX_ENTRIES = 1_000

const auditQuery = z.lazy(() => {
  const wholeNumber = z.pipe(
    z.string().check(z.regex(/^(?:0|[1-9]\d{0,14})$/, 'Must be a whole number')),
    z.transform(Number),
  )
  const limit = z.int().check(z.minimum(1), z.maximum(MAX_ENTRIES, `At most ${MAX_ENTRIES}`))
  return z.object({
    after: z.withDefault(wholeNumber, 0),
    limit: z.withDefault(z.pipe(wholeNumber, limit), MAX_ENTRIES),
  })
})

/** Reads the entries after the number `after`, the oldest first, at most `limit`. */
type ListAudit<E extends Env> = (c: Context<E>, after: number, limit: number) => Promise<AuditEntry[]>

/** An app's audit for who examines it, below /api. */
export function makeAuditApi<E extends Env>(listAudit: ListAudit<E>) {
  return new Hono<E>().get('/audit', async (c) => {
    const query = auditQuery.safeParse(c.req.query())
    if (!query.success) {
      const errors = fieldErrors(query.error.issues)
      return problemResponse('invalid-query', describeQueryErrors(errors), { errors })
    }
    const { after, limit } = query.data
    return answerAudit(limit, await listAudit(c, after, limit))
  })
}

/** The entries as NDJSON, one a line, as many as an answer takes; `Link` leads to what comes after, unless it has ended. */
function answerAudit(limit: number, entries: readonly AuditEntry[]): Response {
  const lines = entries.map((entry) => `${JSON.stringify(entry)}\n`)
  const [answered = []] = cutByBytes(lines, MOST_ANSWER_BYTES, bytesOf)
  const last = entries[answered.length - 1]
  const ended = last === undefined || (answered.length === entries.length && entries.length < limit)
  return new Response(answered.join(''), {
    headers: {
      'Content-Type': 'application/x-ndjson',
      ...(ended ? {} : { Link: `</api/audit?after=${last.nr}&limit=${limit}>; rel="next"` }),
    },
  })
}
