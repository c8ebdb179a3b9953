import { afterAll, expect, it } from 'vitest'
import { judgeAll } from '../conformance/case.ts'
import { PUBLISHER_CASES } from '../conformance/publisher-cases.ts'
import { Publisher } from '../conformance/publisher.ts'
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
  const verdicts = Object.groupBy(others, ({ id, verdict, why }) => (/^1[35]\./.test(id) ? verdict : `${id}: ${why}`))
  // It takes no notices and no records back.
  expect(Object.keys(verdicts)).toEqual(['not judged'])
}, 300_000)
