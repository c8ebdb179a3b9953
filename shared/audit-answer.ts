import * as z from './zod.ts'
import type { AuditEntry } from './audit.ts'
import { fieldErrors, problemResponse } from './problem.ts'
import { describeQueryErrors } from './query-parameters.ts'
import { err, ok, type Result } from './result.ts'

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

/** The entries as NDJSON, one a line; `Link` leads to what comes after while the page is full. */
export function answerAudit(path: string, { limit }: AuditQuery, entries: readonly AuditEntry[]): Response {
  const last = entries.at(-1)
  const next = last !== undefined && entries.length === limit ? `${path}?after=${last.nr}&limit=${limit}` : undefined
  return new Response(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''), {
    headers: {
      'Content-Type': 'application/x-ndjson',
      ...(next === undefined ? {} : { Link: `<${next}>; rel="next"` }),
    },
  })
}
