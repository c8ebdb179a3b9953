import { once } from 'node:events'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import { CommandFailure } from '../../shared/commands/support/command.ts'
import { importFile } from '../../shared/commands/import/file.ts'
import type { Progress } from '../../shared/commands/support/progress.ts'
import { findCollection } from '../support/northwind.ts'
import { listen } from '../support/listen.ts'
import { anOrder } from '../support/orders.ts'
import type { RunningWorker } from '../../shared/simulator/running-worker.ts'
import { startTogether } from '../support/together.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** Ordering's place, taken by the test's own answers. */
async function serve(handler: RequestListener): Promise<string> {
  const server = createServer(handler).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function serveOrdering(): Promise<string> {
  return serveWorker((await startTogether()).ordering)
}

async function serveWorker(worker: RunningWorker): Promise<string> {
  const listener = await listen(worker)
  closing.push(listener.close)
  return `http://127.0.0.1:${listener.port}`
}

async function write(records: readonly unknown[]): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'waybill-')), 'orders.jsonl')
  await writeFile(
    file,
    records.map((record) => (typeof record === 'string' ? record : JSON.stringify(record))).join('\n'),
  )
  return file
}

function numbered(count: number): unknown[] {
  return Array.from({ length: count }, (_, index) => ({ ...anOrder(), externalId: `T-${index}` }))
}

function listenTo(told: string[]): () => Progress {
  return () => ({ show: () => undefined, tell: (what) => told.push(what), end: () => undefined })
}

describe('npm run import', () => {
  it('imports every order of a file, and nothing more when it is run again', async () => {
    const origin = await serveOrdering()
    const { orders } = findCollection()
    const file = await write(orders)
    const first = await importFile(file, origin, listenTo([]))
    expect(first).toMatchObject({ kind: 'orders', created: orders.length, changed: 0, unchanged: 0, refused: 0 })
    const again = await importFile(file, origin, listenTo([]))
    expect(again).toMatchObject({ created: 0, changed: 0, unchanged: orders.length, refused: 0 })
  })

  it('takes the last line of an id, however far behind, and changes nothing when it is run again', async () => {
    const ordering = (await startTogether()).ordering
    const origin = await serveWorker(ordering)
    const first = { ...anOrder({ note: 'out of date' }), externalId: 'T-0' }
    const file = await write([first, ...numbered(1_200), { ...first, externalId: ' T-0 ', note: 'last' }])
    const done = { changed: 0, superseded: 2, refused: 0, lines: 1_202 }
    expect(await importFile(file, origin, listenTo([]))).toMatchObject({ ...done, created: 1_200, unchanged: 2 })
    expect(await importFile(file, origin, listenTo([]))).toMatchObject({ ...done, created: 0, unchanged: 1_202 })
    expect(await importFile(file, origin, listenTo([]))).toMatchObject({ ...done, created: 0, unchanged: 1_202 })
    const orders = await ordering.sql(`SELECT note, revision FROM orders WHERE external_id = 'T-0'`)
    expect(orders).toEqual([{ note: 'last', revision: 1 }])
  })

  it('sends nothing of an id whose last line is refused, and writes that line down', async () => {
    const ordering = (await startTogether()).ordering
    const origin = await serveWorker(ordering)
    const [wrong] = numbered(1).map((record) => ({ ...(record as object), currency: 'XXX' }))
    const file = await write([...numbered(1_100), wrong])
    const { refusedFile, ...done } = await importFile(file, origin, listenTo([]))
    expect(done).toMatchObject({ created: 1_099, unchanged: 1, superseded: 1, refused: 1 })
    expect(JSON.parse(await readFile(refusedFile, 'utf8'))).toMatchObject({ line: 1_101, externalId: 'T-0' })
    expect(await ordering.sql(`SELECT number FROM orders WHERE external_id = 'T-0'`)).toEqual([])
  })

  it('writes down what is refused with the reason, and imports it from there once it is corrected', async () => {
    const origin = await serveOrdering()
    const wrong = { ...anOrder(), externalId: 'T-2', currency: 'XXX' }
    const file = await write([...numbered(1), '', wrong, '{ no JSON'])
    const { created, refused, refusedFile } = await importFile(file, origin, listenTo([]))
    expect({ created, refused }).toEqual({ created: 1, refused: 2 })
    const lines = (await readFile(refusedFile, 'utf8')).trim().split('\n')
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      line: 3,
      externalId: 'T-2',
      problem: { status: 422, errors: [{ pointer: '/currency' }] },
      record: wrong,
    })
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ line: 4, externalId: null, record: '{ no JSON' })
    await writeFile(refusedFile, `${lines[0]?.replace('XXX', 'EUR')}\n`)
    expect(await importFile(refusedFile, origin, listenTo([]))).toMatchObject({ created: 1, refused: 0 })
  })

  it('tries again while ordering is away for a moment, and says so', async () => {
    let asked = 0
    const origin = await serve((_request, response) => {
      asked += 1
      if (asked === 1) response.destroy()
      else if (asked === 2) response.writeHead(503).end()
      else response.end(JSON.stringify({ created: 2, changed: 0, unchanged: 0, failed: [] }))
    })
    const told: string[] = []
    expect(await importFile(await write(numbered(2)), origin, listenTo(told))).toMatchObject({ created: 2 })
    expect(told.map((what) => what.replace(origin, 'ordering'))).toEqual([
      expect.stringMatching(/^ordering does not answer \(.+\); trying again in 0\.5 s\.$/),
      'ordering cannot import at the moment (503 Service Unavailable); trying again in 1 s.',
    ])
  })

  it('goes on where it was cut off', async () => {
    const sent: number[] = []
    let cutOff = true
    const origin = await serve((request, response) => void answer(request, response))
    async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
      const lines = (await text(request)).trim().split('\n').length
      sent.push(lines)
      if (cutOff && sent.length === 2) response.writeHead(403).end('{"title":"No","detail":"Not now"}')
      else response.end(JSON.stringify({ created: lines, changed: 0, unchanged: 0, failed: [] }))
    }
    const file = await write(numbered(2_500))
    await expect(importFile(file, origin, listenTo([]))).rejects.toThrow(CommandFailure)
    cutOff = false
    const told: string[] = []
    expect(await importFile(file, origin, listenTo(told))).toMatchObject({ created: 2_500, lines: 2_500 })
    expect(sent).toEqual([1_000, 1_000, 1_000, 500])
    expect(told).toEqual(['Continuing after line 1000, where an earlier import was interrupted.'])
  })

  it.each([
    ['a file of something else', [{ name: 'No order' }]],
    ['an empty file', []],
  ])('refuses %s by name', async (_what, records) => {
    const importing = importFile(await write(records), 'http://127.0.0.1:1', listenTo([]))
    await expect(importing).rejects.toThrow(/orders\.jsonl holds neither orders, customers nor products/)
  })
})
