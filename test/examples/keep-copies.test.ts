import { expect, it } from 'vitest'
import { keepMoment, restoreMoment } from '../../shared/simulator/moment.ts'
import { amendOrder, anOrder, placeOrder } from '../support/orders.ts'
import { startTogether } from '../support/together.ts'
import { pullToEnd } from '../together/both-sides.ts'
import { type Kept, keepCopies } from './keep-copies.ts'
import { placeOf } from './place.ts'

function lostIn({ copies }: Kept): number[] {
  return [...copies].filter(([, { lost }]) => lost).map(([number]) => number)
}

it('a partner marks the copies that a restore of ordering has lost, until they are restored', async () => {
  const together = await startTogether()
  const { ordering, billing } = together
  const kept: Kept = { token: null, copies: new Map() }
  await placeOrder(ordering)
  await placeOrder(ordering)
  await keepMoment(ordering, 1)
  await amendOrder(ordering, 2, anOrder({ note: 'lost by the restore' }))
  await placeOrder(ordering)
  await keepCopies(placeOf(ordering), kept)
  await pullToEnd(together)
  expect(kept.copies.size).toBe(3)
  expect(lostIn(kept)).toEqual([])

  await restoreMoment(ordering, 1)
  await placeOrder(ordering)
  await keepCopies(placeOf(ordering), kept)
  expect(lostIn(kept)).toEqual([3])
  expect(kept.copies.get(2)?.order.note).toBeNull()
  // Nothing new comes, and what was lost still is.
  await keepCopies(placeOf(ordering), kept)
  expect(lostIn(kept)).toEqual([3])

  await pullToEnd(together)
  await billing.send('POST', '/api/sync/orphans/restore', { preview: false })
  await keepCopies(placeOf(ordering), kept)
  expect(lostIn(kept)).toEqual([])
  expect(kept.copies.size).toBe(4)
})
