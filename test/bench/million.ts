import { startApps, writeBodies } from './apps.ts'
import { figureOf, type Measure, rateOf } from './figure.ts'
import { madeOrder } from './made-orders.ts'

/** How many orders are made and sent at a time, so that not all are in memory. */
const PORTION = 10_000
const FEW_LINES = { from: 1, to: 5 }
const TOLD_EACH = 100_000

type Comparison = { compared: number; differing: number[]; agreedUpTo: number | null }

/** Imports `count` orders over HTTP, pulls them, and lets billing prove that both sides are equal. */
export async function measureMillion(count: number, say: (what: string) => void): Promise<Measure[]> {
  await using apps = await startApps()
  const imported = await rateOf(count, async () => {
    for (let from = 0; from < count; from += PORTION) {
      const length = Math.min(PORTION, count - from)
      await apps.importOrders(writeBodies(Array.from({ length }, (_, index) => madeOrder(from + index, FEW_LINES))))
      if ((from + length) % TOLD_EACH === 0) say(`imported ${(from + length).toLocaleString('en')} orders`)
    }
  })
  say('pulling')
  let came = 0
  const pulled = await rateOf(count, async () => {
    came = await apps.pullToEnd()
  })
  say('proving')
  let comparison: Comparison | undefined
  const proved = await rateOf(count, async () => {
    comparison = JSON.parse(await apps.ask('billing', '/api/sync/compare', { method: 'POST' })) as Comparison
  })
  const rate = (name: string, value: number): Measure => ({
    name: `${name}, ${count.toLocaleString('en')} orders of 1 to 5 lines`,
    unit: 'orders/s',
    figures: [figureOf('Waybill', [value])],
    goals: [],
  })
  const reached = (what: string, value: number) => ({ what, bound: 'at least', goal: count, reached: value }) as const
  return [
    rate('Import', imported),
    { ...rate('First pull', pulled), goals: [reached('orders came', came)] },
    {
      ...rate('Proof of agreement', proved),
      goals: [
        reached('orders compared', comparison?.compared ?? 0),
        { what: 'orders differ', bound: 'at most', goal: 0, reached: comparison?.differing.length ?? Number.NaN },
      ],
    },
  ]
}
