import { expect, it } from 'vitest'
import { judgeConsumer, judgePublisher } from './command.ts'
import { startPlain } from './wrong.ts'

function listener() {
  const lines: string[] = []
  return { lines, say: (line: string) => void lines.push(line) }
}

it('the kit prints each case with what was asked and seen, and exits with 0 where all passed', async () => {
  const { url, close } = await startPlain('publisher.mjs', { edits: [] })
  const { lines, say } = listener()
  expect(await judgePublisher(url, `${url}/control`, { only: '4.8b', brief: false, say })).toBe(0)
  await close()
  expect(lines[0]).toContain('passed     4.8b  `more` is false where a full batch is the last\n    asked  GET /parcels')
  expect(lines[0]).toContain('asked  (control) create {"count":2}\n    saw    200 {"keys":[1,2]}')
  expect(lines.at(-1)).toBe('\n1 cases: 1 passed, 0 failed, 0 not judged.')
})

it('the kit says why a case failed, and exits with 1', async () => {
  const { url, close } = await startPlain('publisher.mjs', { edits: [['more, epoch: feed.epoch', 'more']] })
  const { lines, say } = listener()
  expect(await judgePublisher(url, `${url}/control`, { only: '6.1', brief: true, say })).toBe(1)
  await close()
  expect(lines[0]).toContain('FAILED     6.1a  each batch names the epoch, and so does a single record')
  expect(lines[0]).toContain('why    epoch undefined')
})

it('the kit says loudly what it could not judge, and exits with 2', async () => {
  const { url, close } = await startPlain('publisher.mjs', { edits: [] })
  const { lines, say } = listener()
  expect(await judgePublisher(url, `${url}/nowhere`, { only: '4.4', brief: true, say })).toBe(2)
  await close()
  expect(lines[0]).toContain('NOT JUDGED 4.4a')
  expect(lines[0]).toContain('why    it needs create of the control interface')
  expect(lines.at(-1)).toContain('NOT JUDGED means that nothing is known.')
})

it('the kit judges a consumer as its publisher, and shows what it was asked', async () => {
  const { url, close } = await startPlain('consumer.mjs', { edits: [] })
  const { lines, say } = listener()
  expect(await judgeConsumer(url, 0, { only: '8.1a', brief: false, say })).toBe(0)
  await close()
  expect(lines[0]).toContain(
    'asked  (as publisher) was asked GET /parcels?limit=500\n    saw    answered 200 {"parcels"',
  )
})
