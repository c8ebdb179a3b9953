import type * as z from '../zod.ts'
import { type BodyRefusal, describeBodyRefusal, parseDocument, parseWith } from '../edge/body.ts'
import type { ProblemDetails } from '../edge/problem.ts'
import { ok, type Result } from '../result.ts'
import { normalizeText } from '../text/text.ts'

/** One line of NDJSON: its number in the body, from 1, and its bytes. */
export type NdjsonLine = { line: number; bytes: Uint8Array }
/** A line as what a schema made of it; `size` in bytes. */
export type ParsedLine<T> = { line: number; size: number; value: T }
/** A line that was refused. `externalId`: the id that the record has where it comes from, if it can be read. */
export type FailedLine = { line: number; externalId: string | null; problem: ProblemDetails }

const LINE_FEED = 0x0a
/** An id that is longer is refused in any form, and so is compared as it stands. */
const MOST_ID_UNITS = 1_000
const WHITE_SPACE = new Set([0x09, 0x0d, 0x20])

/** The body's lines, but for the empty ones. */
export function splitLines(body: Uint8Array): NdjsonLine[] {
  const lines: NdjsonLine[] = []
  for (let line = 1, start = 0; start < body.length; line += 1) {
    const found = body.indexOf(LINE_FEED, start)
    const end = found === -1 ? body.length : found
    const bytes = body.subarray(start, end)
    if (bytes.some((byte) => !WHITE_SPACE.has(byte))) lines.push({ line, bytes })
    start = end + 1
  }
  return lines
}

/** What a body of lines holds. Where an id stands in several lines, the last of them counts. */
export type ParsedLines<T> = {
  parsed: ParsedLine<T>[]
  failed: FailedLine[]
  /** How many lines are followed by another one with their id: nothing is done with them, whether they fit or not. */
  superseded: number
}

/**
 * Each line as what the schema makes of it, or why it is refused. A line that is refused counts as well: the one before it
 * with its id says what is out of date, and must not be taken in its place. `idMember` names the member with the id.
 * @param readPlain the same as the schema, faster, for what is beyond doubt; undefined leaves a document to the schema
 */
export function parseLines<S extends z.core.$ZodType>(
  lines: readonly NdjsonLine[],
  schema: S,
  idMember: string,
  readPlain: (document: unknown) => z.output<S> | undefined = () => undefined,
): ParsedLines<z.output<S>> {
  const parsed: ParsedLine<z.output<S>>[] = []
  const failed: FailedLine[] = []
  const counted = new Set<string>()
  const repeated = new Set<string>()
  let superseded = 0
  // From the end, so that the first line that is met of an id is the one that counts.
  for (const { line, bytes } of lines.toReversed()) {
    const document = parseDocument(bytes)
    const id = document.ok ? readId(document.value, idMember) : null
    if (id !== null && counted.has(id)) {
      superseded += 1
      repeated.add(id)
      continue
    }
    if (id !== null) counted.add(id)
    const value = document.ok ? parsePlainly(document.value, schema, readPlain) : document
    if (value.ok) parsed.push({ line, size: bytes.length, value: value.value })
    else failed.push({ line, externalId: id, problem: describeBodyRefusal(value.error) })
  }
  const explained = failed.map((refused) => (repeated.has(refused.externalId ?? '') ? addRepeated(refused) : refused))
  return { parsed: parsed.toReversed(), failed: explained.toReversed(), superseded }
}

function addRepeated({ problem, ...refused }: FailedLine): FailedLine {
  const detail = `${problem.detail}. Earlier lines with the same ID are not imported either`
  return { ...refused, problem: { ...problem, detail } }
}

function parsePlainly<S extends z.core.$ZodType>(
  document: unknown,
  schema: S,
  readPlain: (document: unknown) => z.output<S> | undefined,
): Result<z.output<S>, BodyRefusal> {
  const plain = readPlain(document)
  return plain === undefined ? parseWith(schema, document) : ok(plain)
}

/** The record's id in the form in which ids are compared; null where it has none. */
export function readId(document: unknown, member: string): string | null {
  if (typeof document !== 'object' || document === null) return null
  const id: unknown = Reflect.get(document, member)
  if (typeof id !== 'string' || id === '') return null
  return id.length > MOST_ID_UNITS ? id : normalizeText(id)
}
