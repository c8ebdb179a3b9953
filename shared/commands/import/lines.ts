import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'

const LINE_FEED = 0x0a
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])

/** A line of a file: its number from 1, its bytes without the line break, and where the next one begins. */
export type FileLine = { nr: number; bytes: Buffer; end: number }
/** A place in a file between two lines. */
export type Place = { offset: number; lines: number }

/** The file's lines after a place, read as they are asked for. An empty line is one, too. */
export async function* readLines(file: string, from: Place): AsyncGenerator<FileLine> {
  let { offset: end, lines: nr } = from
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of createReadStream(file, { start: from.offset }) as AsyncIterable<Buffer>) {
    const text = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let start = 0
    for (let found = text.indexOf(LINE_FEED); found !== -1; found = text.indexOf(LINE_FEED, start)) {
      nr += 1
      end += found + 1 - start
      yield { nr, bytes: withoutMark(text.subarray(start, found), nr), end }
      start = found + 1
    }
    rest = text.subarray(start)
  }
  if (rest.length > 0) yield { nr: nr + 1, bytes: withoutMark(rest, nr + 1), end: end + rest.length }
}

function withoutMark(bytes: Buffer, nr: number): Buffer {
  return nr === 1 && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? bytes.subarray(3) : bytes
}

/** How many lines and bytes the file has, and the digest of its content. */
export async function measureFile(file: string): Promise<{ lines: number; bytes: number; digest: string }> {
  const hash = createHash('sha256')
  let lines = 0
  let bytes = 0
  let last = LINE_FEED
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    bytes += chunk.length
    last = chunk.at(-1) ?? last
    for (let found = chunk.indexOf(LINE_FEED); found !== -1; found = chunk.indexOf(LINE_FEED, found + 1)) lines += 1
  }
  return { lines: last === LINE_FEED ? lines : lines + 1, bytes, digest: hash.digest('hex') }
}
