import { expect, it } from 'vitest'
import { placeOrder } from '../../support/orders.ts'
import { startTogether } from '../../support/together.ts'

async function timed<T>(work: Promise<T>): Promise<{ value: T; seconds: number }> {
  const begun = performance.now()
  const value = await work
  return { value, seconds: (performance.now() - begun) / 1000 }
}

it('billing waits 5 seconds for an order and 20 for a page; then ordering does not answer', async () => {
  const { ordering, billing, relay, pull } = await startTogether()
  await placeOrder(ordering)
  await relay.fail({ kind: 'no-answer', matching: '/orders?' }, { kind: 'no-answer', matching: '/orders/1' })
  const follow = async (): Promise<string> => (await billing.fetch('/link/new_order/1')).text()
  const [run, link] = await Promise.all([timed(pull()), timed(follow())])
  expect(link.value).toContain('Ordering is unavailable')
  expect(link.seconds).toBeGreaterThan(4.9)
  expect(link.seconds).toBeLessThan(15)
  expect(run.value).toMatchObject({ outcome: 'failed', created: 0, token: null })
  expect(run.value.error).toContain('Ordering does not answer')
  expect(run.seconds).toBeGreaterThan(19.9)
  expect(run.seconds).toBeLessThan(35)
  expect(await pull()).toMatchObject({ outcome: 'ok', created: 1 })
}, 60_000)
