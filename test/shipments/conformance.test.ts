import { afterAll, expect, it } from 'vitest'
import { judgeAll } from '../conformance/case.ts'
import { CONSUMER_CASES } from '../conformance/consumer-cases.ts'
import { Consumer } from '../conformance/consumer.ts'
import { PUBLISHER_CASES } from '../conformance/publisher-cases.ts'
import { Publisher } from '../conformance/publisher.ts'
import { serveCare } from './serve-care.ts'
import { serveWarehouse } from './serve-warehouse.ts'
import { startShipments } from './world.ts'

const shipments = await startShipments()
afterAll(() => shipments.close())

it('the warehouse passes every case of a publisher that it offers', async () => {
  await shipments.reset()
  const { url, close } = await serveWarehouse(shipments)
  const judgements = await Array.fromAsync(judgeAll(PUBLISHER_CASES, await Publisher.open(url, `${url}/control`)))
  await close()
  const others = judgements.filter(({ verdict }) => verdict !== 'passed')
  const verdicts = Object.groupBy(others, ({ id, verdict, why }) => (id.startsWith('15.') ? verdict : `${id}: ${why}`))
  // It takes no records back.
  expect(Object.keys(verdicts)).toEqual(['not judged'])
}, 300_000)

it('customer care passes every case of a consumer', async () => {
  await shipments.reset()
  const { url, close } = await serveCare(shipments)
  const consumer = await Consumer.open(url)
  const judgements = await Array.fromAsync(judgeAll(CONSUMER_CASES, consumer))
  await Promise.all([close(), consumer.close()])
  const others = judgements.filter(({ verdict }) => verdict !== 'passed')
  expect(others.map(({ id, verdict, why }) => [id, verdict, why])).toEqual([])
}, 300_000)
