import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readBatches } from '../../shared/commands/import/batch.ts'
import { type FileLine, measureFile, readLines } from '../../shared/commands/import/lines.ts'

const START = { offset: 0, lines: 0 }

async function write(content: string | Buffer): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'waybill-')), 'file.jsonl')
  await writeFile(file, content)
  return file
}

describe('reading the lines of a file', () => {
  it('numbers them from 1, without line breaks and without a byte order mark', async () => {
    const file = await write('\uFEFFone\ntwo\n\nfour')
    const lines = await Array.fromAsync(readLines(file, START))
    expect(lines.map(({ nr, bytes, end }) => [nr, bytes.toString(), end])).toEqual([
      [1, 'one', 7],
      [2, 'two', 11],
      [3, '', 12],
      [4, 'four', 16],
    ])
  })

  it('counts a last line with and without its line break once', async () => {
    expect((await measureFile(await write('one\ntwo\n'))).lines).toBe(2)
    expect((await measureFile(await write('one\ntwo'))).lines).toBe(2)
    expect((await measureFile(await write(''))).lines).toBe(0)
  })

  it('goes on from any line to the same lines', async () => {
    const text = fc.array(fc.string({ unit: fc.constantFrom('a', 'ä', '月', ' ', '"') }), { minLength: 1 })
    await fc.assert(
      fc.asyncProperty(text, fc.nat(), async (texts, pick) => {
        const file = await write(texts.join('\n'))
        const whole = await Array.fromAsync(readLines(file, START))
        const at: FileLine | undefined = whole[pick % Math.max(whole.length, 1)]
        if (at === undefined) return
        const rest = await Array.fromAsync(readLines(file, { offset: at.end, lines: at.nr }))
        expect(rest).toEqual(whole.slice(at.nr))
      }),
      { numRuns: 50 },
    )
  })
})

describe('batches of an import', () => {
  it('hold at most 1,000 lines and leave empty ones out', async () => {
    const file = await write(
      Array.from({ length: 2_100 }, (_, index) => (index === 5 ? '' : `{"nr":${index}}`)).join('\n'),
    )
    const batches = await Array.fromAsync(readBatches(file, START))
    expect(batches.map(({ lines }) => lines.length)).toEqual([1_000, 1_000, 99])
    expect(batches.map(({ end }) => end.lines)).toEqual([1_001, 2_001, 2_100])
  })

  it('hold at most 2 MB, or one line that is larger', async () => {
    const large = JSON.stringify({ note: 'x'.repeat(1_500_000) })
    const batches = await Array.fromAsync(readBatches(await write([large, large, '{}'].join('\n')), START))
    expect(batches.map(({ lines }) => lines.map(({ nr }) => nr))).toEqual([[1], [2, 3]])
  })

  it('carry the record of a line that an earlier import refused', async () => {
    const refused = { line: 7, externalId: null, problem: { title: 'No', detail: 'No' }, record: { lines: [] } }
    const [batch] = await Array.fromAsync(readBatches(await write(JSON.stringify(refused)), START))
    expect(batch?.lines.map(({ bytes }) => bytes.toString())).toEqual(['{"lines":[]}'])
  })
})
