import type * as z from './zod.ts'
import { type BodyRefusal, describeBodyRefusal, parseDocument, parseWith } from './body.ts'
import type { ProblemDetails } from './problem.ts'
import { ok, type Result } from './result.ts'

/** One line of NDJSON: its number in the body, from 1, and its bytes. */
export type NdjsonLine = { line: number; bytes: Uint8Array }
/** A line as what a schema made of it; `size` in bytes. */
export type ParsedLine<T> = { line: number; size: number; value: T }
/** A line that was refused. `externalId`: the id that the record has where it comes from, if it can be read. */
export type FailedLine = { line: number; externalId: string | null; problem: ProblemDetails }

const LINE_FEED = 0x0a
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

/**
 * Each line as what the schema makes of it, or why it is refused. `idMember` names the member with the record's id.
 * @param readPlain the same as the schema, faster, for what is beyond doubt; undefined leaves a document to the schema
 */
export function parseLines<S extends z.core.$ZodType>(
  lines: readonly NdjsonLine[],
  schema: S,
  idMember: string,
  readPlain: (document: unknown) => z.output<S> | undefined = () => undefined,
): { parsed: ParsedLine<z.output<S>>[]; failed: FailedLine[] } {
  const parsed: ParsedLine<z.output<S>>[] = []
  const failed: FailedLine[] = []
  for (const { line, bytes } of lines) {
    const document = parseDocument(bytes)
    const value = document.ok ? parsePlainly(document.value, schema, readPlain) : document
    if (value.ok) parsed.push({ line, size: bytes.length, value: value.value })
    else {
      const externalId = document.ok ? readId(document.value, idMember) : null
      failed.push({ line, externalId, problem: describeBodyRefusal(value.error) })
    }
  }
  return { parsed, failed }
}

function parsePlainly<S extends z.core.$ZodType>(
  document: unknown,
  schema: S,
  readPlain: (document: unknown) => z.output<S> | undefined,
): Result<z.output<S>, BodyRefusal> {
  const plain = readPlain(document)
  return plain === undefined ? parseWith(schema, document) : ok(plain)
}

function readId(document: unknown, member: string): string | null {
  if (typeof document !== 'object' || document === null) return null
  const id: unknown = Reflect.get(document, member)
  return typeof id === 'string' ? id : null
}

/** The lines in pieces of at most `most` bytes each, one line at least: a piece travels to D1 as one value. */
export function inPieces<T>(lines: readonly ParsedLine<T>[], most: number): ParsedLine<T>[][] {
  const pieces: ParsedLine<T>[][] = []
  let size = Infinity
  for (const line of lines) {
    if (size + line.size > most) {
      pieces.push([])
      size = 0
    }
    pieces.at(-1)?.push(line)
    size += line.size
  }
  return pieces
}
