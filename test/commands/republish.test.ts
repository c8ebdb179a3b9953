import { expect, it } from 'vitest'
import { republishAll } from '../../shared/commands/republish.ts'
import { listen } from '../support/listen.ts'
import { placeOrder } from '../support/orders.ts'
import { startTogether } from '../support/together.ts'

it('republishes every confirmed order, and says how many there were', async () => {
  const { ordering, pull } = await startTogether()
  await placeOrder(ordering)
  await placeOrder(ordering)
  await pull()
  const { port, close } = await listen(ordering)
  const said: string[] = []
  try {
    expect(await republishAll(`http://localhost:${port}`, 0, (line) => said.push(line))).toBe(2)
  } finally {
    await close()
  }
  expect(said).toEqual(['  2 orders'])
  expect(await pull()).toMatchObject({ unchanged: 2 })
})

it('says in a sentence why ordering is not reached', async () => {
  await expect(republishAll('http://localhost:18341', 0, () => undefined)).rejects.toThrow(
    'http://localhost:18341 does not answer: ',
  )
})
