import { parseJson } from '../support/app-client.ts'
import { isRefusedLine } from './kind.ts'
import { type FileLine, type Place, readLines } from './lines.ts'

/** What an import takes at most. */
const MAX_LINES = 1_000
/** Below the 10 MB that a body may have, so that a batch is also done in seconds. */
const MAX_BYTES = 2_000_000

/**
 * Lines that travel together, and the place in the file behind them. `superseded` counts the lines up to there that are
 * left out, since another one with their id follows.
 */
export type Batch = { lines: FileLine[]; superseded: number; end: Place }

/**
 * The file's lines after a place, in batches; empty lines are left out, and those that `isLeftOut` names. A refused line of
 * an earlier import is unwrapped.
 */
export async function* readBatches(
  file: string,
  from: Place,
  isLeftOut: (bytes: Buffer, nr: number) => boolean = () => false,
): AsyncGenerator<Batch> {
  let lines: FileLine[] = []
  let bytes = 0
  let superseded = 0
  let end = from
  for await (const line of readLines(file, from)) {
    const record = unwrap(line.bytes)
    if (lines.length === MAX_LINES || (lines.length > 0 && bytes + record.length > MAX_BYTES)) {
      yield { lines, superseded, end }
      lines = []
      bytes = 0
      superseded = 0
    }
    end = { offset: line.end, lines: line.nr }
    if (isBlank(record)) continue
    if (isLeftOut(record, line.nr)) {
      superseded += 1
      continue
    }
    lines.push({ ...line, bytes: record })
    bytes += record.length + 1
  }
  if (lines.length + superseded > 0) yield { lines, superseded, end }
}

/** The file's records with the numbers of their lines; what is not JSON is left out. */
export async function* readRecords(file: string): AsyncGenerator<{ nr: number; record: unknown }> {
  for await (const { nr, bytes } of readLines(file, { offset: 0, lines: 0 })) {
    const record = parseJson(unwrap(bytes).toString())
    if (record !== undefined) yield { nr, record }
  }
}

/** The first record of the file, to see what it holds; undefined if there is none that is JSON. */
export async function readFirstRecord(file: string): Promise<unknown> {
  for await (const { record } of readRecords(file)) return record
  return undefined
}

function unwrap(bytes: Buffer): Buffer {
  // Looked for before it is parsed: most lines are what they are.
  if (!bytes.includes('"problem"')) return bytes
  const parsed = parseJson(bytes.toString())
  if (!isRefusedLine(parsed)) return bytes
  return Buffer.from(typeof parsed.record === 'string' ? parsed.record : JSON.stringify(parsed.record))
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)
}
