import * as z from '../zod.ts'
import { answerProblem, describeProblem, fieldErrors, type FieldError, type ProblemDetails } from './problem.ts'
import { err, ok, type Result } from '../result.ts'

/** The most that a body may have (contract, section 9). */
export const MAX_BODY_BYTES = 10_000_000

/** Why a body was not read. */
export type BodyRefusal =
  | { reason: 'media_type'; expected: string; received: string }
  | { reason: 'not_json'; detail: string }
  | { reason: 'does_not_fit'; errors: FieldError[] }

/**
 * The whole body, null if the request has none, undefined if it is larger than `most` bytes. What arrives is counted:
 * Content-Length may be missing. Who is still sending when the answer comes may see a closed connection instead of it, so
 * as much again is taken and thrown away.
 */
export async function readWithin(request: Request, most: number): Promise<Uint8Array<ArrayBuffer> | null | undefined> {
  if (request.body === null) return null
  const chunks: Uint8Array[] = []
  let size = 0
  let isTooLarge = Number(request.headers.get('Content-Length')) > most
  for await (const chunk of request.body as ReadableStream<Uint8Array>) {
    size += chunk.byteLength
    isTooLarge ||= size > most
    if (isTooLarge) chunks.length = 0
    else chunks.push(chunk)
    if (size > 2 * most) break
  }
  return isTooLarge ? undefined : new Uint8Array(await new Blob(chunks).arrayBuffer())
}

/** Refuses a body that does not say it is of the media type; parameters such as charset are passed over. */
export function judgeMediaType(request: Request, expected: string): Result<null, BodyRefusal> {
  const received = request.headers.get('Content-Type') ?? ''
  const [mediaType = ''] = received.split(';')
  return mediaType.trim().toLowerCase() === expected ? ok(null) : err({ reason: 'media_type', expected, received })
}

/** The body as what the schema makes of it: a JSON document in UTF-8 that says that it is one. */
export async function readJson<S extends z.core.$ZodType>(
  request: Request,
  schema: S,
): Promise<Result<z.output<S>, BodyRefusal>> {
  const judged = judgeMediaType(request, 'application/json')
  if (!judged.ok) return judged
  const document = parseDocument(new Uint8Array(await request.arrayBuffer()))
  return document.ok ? parseWith(schema, document.value) : document
}

/** One JSON document in UTF-8. */
export function parseDocument(bytes: Uint8Array): Result<unknown, BodyRefusal> {
  try {
    // Fatal: a byte that is no UTF-8 must not become a question mark in a customer's name.
    return ok(JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)))
  } catch (error) {
    return err({ reason: 'not_json', detail: error instanceof Error ? error.message : String(error) })
  }
}

/** A document as what the schema makes of it. */
export function parseWith<S extends z.core.$ZodType>(schema: S, document: unknown): Result<z.output<S>, BodyRefusal> {
  const parsed = z.safeParse(schema, document)
  return parsed.success ? ok(parsed.data) : err({ reason: 'does_not_fit', errors: fieldErrors(parsed.error.issues) })
}

/** Why the body was not read, as problem details. */
export function describeBodyRefusal(refusal: BodyRefusal): ProblemDetails {
  switch (refusal.reason) {
    case 'media_type': {
      const received = refusal.received === '' ? 'no Content-Type' : refusal.received
      return describeProblem('unsupported-media-type', `Send ${refusal.expected}, not ${received}`)
    }
    case 'not_json':
      return describeProblem('invalid-json', refusal.detail)
    case 'does_not_fit': {
      const { errors } = refusal
      const detail = errors.length === 1 ? 'One field is not valid' : `${errors.length} fields are not valid`
      return describeProblem('invalid-body', detail, { errors })
    }
  }
}

/** The answer to a body that was not read. */
export function answerBodyRefusal(refusal: BodyRefusal): Response {
  return answerProblem(describeBodyRefusal(refusal))
}
