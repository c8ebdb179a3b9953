import { afterAll, describe, expect, it } from 'vitest'
import { startTogether } from '../support/together.ts'
import { type Judgement, judgeAll } from './case.ts'
import { PUBLISHER_CASES } from './publisher-cases.ts'
import { Publisher } from './publisher.ts'
import { serveOrdering } from './serve-ordering.ts'
import type { Served } from './serve.ts'
import { startPlain, WRONG_PUBLISHERS } from './wrong.ts'

const served: Served[] = []
afterAll(() => Promise.all(served.map(({ close }) => close())))

/** What did not pass of the cases with these ids, or of all. */
async function findNotPassed(publisher: Served, ids?: string[]): Promise<Judgement[]> {
  served.push(publisher)
  const cases = PUBLISHER_CASES.filter(({ id }) => ids?.includes(id) ?? true)
  const judgements = await Array.fromAsync(
    judgeAll(cases, await Publisher.open(publisher.url, `${publisher.url}/control`)),
  )
  return judgements.filter(({ verdict }) => verdict !== 'passed')
}

it('a publisher has at least 100 cases, each with a name of its own', () => {
  expect(PUBLISHER_CASES.length).toBeGreaterThan(100)
  expect(new Set(PUBLISHER_CASES.map(({ id }) => id)).size).toBe(PUBLISHER_CASES.length)
})

it('ordering passes every case of a publisher', async () => {
  expect(await findNotPassed(await serveOrdering(await startTogether()))).toEqual([])
}, 300_000)

it('a publisher in plain JavaScript that was written from the protocol passes every case', async () => {
  expect(await findNotPassed(await startPlain('publisher.mjs', { edits: [] }))).toEqual([])
}, 120_000)

describe('a publisher with', () => {
  it.each(WRONG_PUBLISHERS)('$name fails at $failsAt', async ({ edits, failsAt }) => {
    const failed = await findNotPassed(await startPlain('publisher.mjs', { edits }), failsAt)
    expect(failed.map(({ id, verdict }) => `${id} ${verdict}`).sort()).toEqual(
      failsAt.map((id) => `${id} failed`).sort(),
    )
  })
})

it('what a publisher does not offer is not judged, and said to be', async () => {
  const publisher = await startPlain('publisher.mjs', {
    edits: [
      ["'POST /ahead'", "'POST /behind'"],
      ['create: (', 'make: ('],
    ],
  })
  const unjudged = await findNotPassed(publisher, ['12.2c', '4.4a', '2.4a'])
  expect(unjudged.map(({ id, verdict, why }) => [id, verdict, why])).toEqual([
    ['4.4a', 'not judged', 'it needs create of the control interface'],
    ['12.2c', 'not judged', 'it does not offer /ahead'],
  ])
})
