import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { keepMoment, restoreMoment } from '../../shared/simulator/moment.ts'
import { amendOrder, anOrder, deleteOrder, placeOrder } from '../support/orders.ts'
import { startTogether, type Together } from '../support/together.ts'
import { CONSUMER_CASES } from './consumer-cases.ts'
import { PUBLISHER_CASES } from './publisher-cases.ts'
import { serveOrdering } from './serve-ordering.ts'

/** One exchange of the document: what is asked and what is answered. */
type Example = { method: string; path: string; sent: unknown; status: number; headers: string[]; answered: unknown }
type Json = Record<string, unknown>

const PROTOCOL = readFileSync(join(import.meta.dirname, '../../shared/handover/PROTOCOL.md'), 'utf8')

function readExample(block: string): Example {
  const [asked = '', answered = ''] = block.split('\n\n')
  const [first = '', ...sent] = asked.split('\n')
  const [method = '', path = ''] = first.split(' ')
  const [status = '', ...rest] = answered.split('\n')
  const bodyAt = rest.findIndex((line) => line.startsWith('{'))
  return {
    method,
    path,
    sent: sent.length === 0 ? undefined : JSON.parse(sent.join('\n')),
    status: Number(status),
    headers: rest.slice(0, bodyAt),
    answered: JSON.parse(rest.slice(bodyAt).join('\n')),
  }
}

const EXAMPLES = [...PROTOCOL.matchAll(/```http\n([\s\S]*?)\n```/g)].map(([, block = '']) => readExample(block))

/** What the document says has happened before the example of this place. */
const BEFORE: Record<number, (together: Together) => Promise<void>> = {
  0: async ({ ordering }) => {
    for (let count = 0; count < 3; count += 1) await placeOrder(ordering)
  },
  3: async ({ ordering }) => {
    await keepMoment(ordering, 1)
    await amendOrder(ordering, 1, anOrder({ note: 'amended' }))
    await deleteOrder(ordering, 2)
    await placeOrder(ordering)
  },
  5: ({ ordering }) => restoreMoment(ordering, 1),
}

const EPOCH = /[0-9a-f]{16}/g
/** A fingerprint, or a sum of some. */
const isRandom = (value: unknown): value is number => typeof value === 'number' && value > 1e10

/** What is random in the examples, and what came in its place. */
const standsFor = new Map<string, string>()
/** The records as they came last, whole, by number and revision. */
const records = new Map<string, Json>()

function learn(example: unknown, actual: unknown): void {
  if (Array.isArray(example) && Array.isArray(actual)) {
    for (const [index, value] of example.entries()) learn(value, actual[index])
  } else if (isRandom(example)) {
    if (!standsFor.has(String(example))) standsFor.set(String(example), String(actual))
  } else if (typeof example === 'string' && typeof actual === 'string') {
    for (const [index, [epoch]] of [...example.matchAll(EPOCH)].entries()) {
      const came = [...actual.matchAll(EPOCH)][index]?.[0]
      if (came !== undefined && !standsFor.has(epoch)) standsFor.set(epoch, came)
    }
  } else if (isObject(example) && isObject(actual)) {
    if ('revision' in actual) records.set(`${String(actual['number'])}.${String(actual['revision'])}`, actual)
    for (const [member, value] of Object.entries(example)) learn(value, actual[member])
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The example with what came in the place of what is random. */
function filledIn(value: unknown): unknown {
  let text = JSON.stringify(value)
  for (const [example, came] of standsFor) text = text.replaceAll(example, came)
  return JSON.parse(text)
}

/** The body as it is sent: where the document leaves out a record's content, it is there. */
function filledOut(sent: unknown): unknown {
  if (!isObject(sent) || !Array.isArray(sent['orders']) || !('preview' in sent)) return filledIn(sent)
  const orders = sent['orders'].map((order: Json) =>
    records.get(`${String(order['number'])}.${String(order['revision'])}`),
  )
  return { ...sent, orders }
}

it('the examples of the protocol are what ordering answers, one after the other', async () => {
  expect(EXAMPLES).toHaveLength(16)
  const together = await startTogether()
  const { url, close } = await serveOrdering(together)
  for (const [place, { method, path, sent, status, headers, answered }] of EXAMPLES.entries()) {
    await BEFORE[place]?.(together)
    const body = sent === undefined ? {} : { body: JSON.stringify(filledOut(sent)) }
    const init = { method, headers: { 'Content-Type': 'application/json' }, ...body }
    const answer = await fetch(url + String(filledIn(path)), init)
    const came: unknown = await answer.json()
    learn(answered, came)
    for (const header of headers) learn(header, `Order-Epoch: ${answer.headers.get('Order-Epoch')}`)
    expect([path, answer.status, came]).toMatchObject([path, status, filledIn(answered)])
    expect(headers.map(filledIn)).toEqual(headers.map(() => `Order-Epoch: ${answer.headers.get('Order-Epoch')}`))
  }
  await close()
}, 120_000)

it('what is random in the examples is told apart, and the sum of the fingerprints is one', () => {
  expect(new Set(standsFor.values()).size).toBe(standsFor.size)
  expect(730_144_440_321 + 211_808_033_144 + 98_000_417_233).toBe(1_039_952_890_698)
})

it('each sentence of the protocol has a number of its own, in order', () => {
  const numbers = [...PROTOCOL.matchAll(/^- \*\*(\d+)\.(\d+)\*\* /gm)].map(([, section, place]) => [
    Number(section),
    Number(place),
  ])
  const expected = numbers.map(([section], index) => [
    section,
    numbers.slice(0, index).filter(([earlier]) => earlier === section).length + 1,
  ])
  expect(numbers).toEqual(expected)
  expect(numbers.length).toBeGreaterThan(100)
})

it('each sentence is judged by a case, or said in the kit’s README not to be', () => {
  const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8')
  const [, unjudged = ''] = readme.split('## What no case judges')
  const excused = [...unjudged.matchAll(/^\| ([\d., to]+) \|/gm)].flatMap(([, listed = '']) =>
    listed === '1.1 to 1.4' ? ['1.1', '1.2', '1.3', '1.4'] : listed.split(', '),
  )
  const judged = [...PUBLISHER_CASES, ...CONSUMER_CASES].map(({ id }) => id.replace(/[a-z]$/, ''))
  const sentences = [...PROTOCOL.matchAll(/^- \*\*(\d+\.\d+)\*\* /gm)].map(([, number]) => number)
  const byNumber = (one = '', other = '') => one.localeCompare(other, 'en', { numeric: true })
  expect([...new Set([...judged, ...excused])].sort(byNumber)).toEqual(sentences)
})
