import { isRefusedLine } from './import-kind.ts'
import { type FileLine, type Place, readLines } from './import-lines.ts'

/** What an import takes at most. */
const MAX_LINES = 1_000
/** Below the 10 MB that a body may have, so that a batch is also done in seconds. */
const MAX_BYTES = 2_000_000

/** Lines that travel together, and the place in the file behind them. */
export type Batch = { lines: FileLine[]; end: Place }

/** The file's lines after a place, in batches; empty lines are left out. A refused line of an earlier import is unwrapped. */
export async function* readBatches(file: string, from: Place): AsyncGenerator<Batch> {
  let lines: FileLine[] = []
  let bytes = 0
  let end = from
  for await (const line of readLines(file, from)) {
    const record = unwrap(line.bytes)
    if (lines.length === MAX_LINES || (lines.length > 0 && bytes + record.length > MAX_BYTES)) {
      yield { lines, end }
      lines = []
      bytes = 0
    }
    end = { offset: line.end, lines: line.nr }
    if (isBlank(record)) continue
    lines.push({ ...line, bytes: record })
    bytes += record.length + 1
  }
  if (lines.length > 0) yield { lines, end }
}

/** The first record of the file, to see what it holds; undefined if there is none that is JSON. */
export async function readFirstRecord(file: string): Promise<unknown> {
  for await (const { bytes } of readLines(file, { offset: 0, lines: 0 })) {
    const record = parse(unwrap(bytes))
    if (record !== undefined) return record
  }
  return undefined
}

function unwrap(bytes: Buffer): Buffer {
  // Looked for before it is parsed: most lines are what they are.
  if (!bytes.includes('"problem"')) return bytes
  const parsed = parse(bytes)
  if (!isRefusedLine(parsed)) return bytes
  return Buffer.from(typeof parsed.record === 'string' ? parsed.record : JSON.stringify(parsed.record))
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString()) as unknown
  } catch {
    return undefined
  }
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)
}
