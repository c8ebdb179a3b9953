import * as z from '../zod.ts'
import type { AuditEntry } from './audit.ts'
import { bytesOf, cutByBytes, MOST_ANSWER_BYTES } from '../db/byte-limits.ts'
import { fieldErrors, problemResponse } from '../edge/problem.ts'
import { describeQueryErrors } from '../edge/query-parameters.ts'
import { err, ok, type Result } from '../result.ts'

const MAX_ENTRIES = 1_000
const wholeNumber = z.pipe(
  z.string().check(z.regex(/^(?:0|[1-9]\d{0,14})$/, 'Must be a whole number')),
  z.transform(Number),
)

const auditQuery = z.object({
  after: z.withDefault(wholeNumber, 0),
  limit: z.withDefault(
    z.pipe(wholeNumber, z.int().check(z.minimum(1), z.maximum(MAX_ENTRIES, `At most ${MAX_ENTRIES}`))),
    MAX_ENTRIES,
  ),
})

export type AuditQuery = z.infer<typeof auditQuery>

/** Which entries are asked for: those after the number `after`, at most `limit`; or the answer that refuses it. */
export function readAuditQuery(query: Record<string, string>): Result<AuditQuery, Response> {
  const parsed = auditQuery.safeParse(query)
  if (parsed.success) return ok(parsed.data)
  const errors = fieldErrors(parsed.error.issues)
  return err(problemResponse('invalid-query', describeQueryErrors(errors), { errors }))
}

/** The entries as NDJSON, one a line, as many as an answer takes; `Link` leads to what comes after, unless it has ended. */
export function answerAudit(path: string, { limit }: AuditQuery, entries: readonly AuditEntry[]): Response {
  const lines = entries.map((entry) => `${JSON.stringify(entry)}\n`)
  const [answered = []] = cutByBytes(lines, MOST_ANSWER_BYTES, bytesOf)
  const last = entries[answered.length - 1]
  const ended = last === undefined || (answered.length === entries.length && entries.length < limit)
  return new Response(answered.join(''), {
    headers: {
      'Content-Type': 'application/x-ndjson',
      ...(ended ? {} : { Link: `<${path}?after=${last.nr}&limit=${limit}>; rel="next"` }),
    },
  })
}
