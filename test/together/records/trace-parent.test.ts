import { expect, it } from 'vitest'
import { placeOrder } from '../../support/orders.ts'
import { startTogether } from '../../support/together.ts'

it('what ordering does for a pull is logged there under the id of the run', async () => {
  const { ordering, pull, log } = await startTogether()
  await placeOrder(ordering)
  const { runId } = await pull()
  const asked = log('service.request').filter(({ traceId }) => traceId === runId)
  expect(asked).toContainEqual(expect.objectContaining({ method: 'GET', path: '/orders', status: 200 }))
})

it('what ordering does for a deep link is logged there under the id of the request', async () => {
  const { ordering, billing, log } = await startTogether()
  const { number } = await placeOrder(ordering)
  const answer = await billing.fetch(`/link/new_order/${number}`)
  expect(log('feed.record')).toContainEqual(
    expect.objectContaining({ number, found: true, traceId: answer.headers.get('X-Request-Id') }),
  )
})
