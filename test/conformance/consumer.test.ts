import { afterEach, describe, expect, it } from 'vitest'
import { startTogether } from '../support/together.ts'
import { type Judgement, judgeAll } from './case.ts'
import { CONSUMER_CASES } from './consumer-cases.ts'
import { Consumer } from './consumer.ts'
import { serveBilling } from './serve-billing.ts'
import type { Served } from './serve.ts'
import { startPlain, WRONG_CONSUMERS } from './wrong.ts'

const opened: { close: () => Promise<void> }[] = []
afterEach(() => Promise.all(opened.splice(0).map((side) => side.close())))

/** What did not pass of the cases with these ids, or of all. */
async function findNotPassed(served: Served, ids?: string[]): Promise<Judgement[]> {
  const consumer = await Consumer.open(served.url)
  opened.push(consumer, served)
  const cases = CONSUMER_CASES.filter(({ id }) => ids?.includes(id) ?? true)
  const judgements = await Array.fromAsync(judgeAll(cases, consumer))
  return judgements.filter(({ verdict }) => verdict !== 'passed')
}

it('each case of a consumer has a name of its own', () => {
  expect(CONSUMER_CASES.length).toBeGreaterThan(70)
  expect(new Set(CONSUMER_CASES.map(({ id }) => id)).size).toBe(CONSUMER_CASES.length)
})

it('billing passes every case of a consumer', async () => {
  expect(await findNotPassed(await serveBilling(await startTogether()))).toEqual([])
}, 300_000)

it('a consumer in plain JavaScript that was written from the protocol passes every case', async () => {
  expect(await findNotPassed(await startPlain('consumer.mjs', { edits: [] }))).toEqual([])
}, 120_000)

describe('a consumer with', () => {
  it.each(WRONG_CONSUMERS)('$name fails at $failsAt', async ({ edits, failsAt }) => {
    const failed = await findNotPassed(await startPlain('consumer.mjs', { edits }), failsAt)
    expect(failed.map(({ id, verdict }) => `${id} ${verdict}`).sort()).toEqual(
      failsAt.map((id) => `${id} failed`).sort(),
    )
  })
})

it('what a consumer does not offer is not judged, and said to be', async () => {
  const edits: [string, string][] = [
    ['    compare,\n', ''],
    ['      await sendNotices()\n', ''],
  ]
  const unjudged = await findNotPassed(await startPlain('consumer.mjs', { edits }), ['11.8a', '13.5a', '8.1a'])
  expect(unjudged.map(({ id, verdict, why }) => [id, verdict, why])).toEqual([
    ['11.8a', 'not judged', 'it needs compare of the control interface'],
    ['13.5a', 'not judged', 'it sends no notices'],
  ])
})
