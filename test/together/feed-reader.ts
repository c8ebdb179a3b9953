import type { Order } from '../../shared/contract/order.ts'
import type { Answer } from '../../shared/simulator/running-worker.ts'
import type { Together } from '../support/together.ts'

/** A batch of the feed as it travels (contract, section 4). */
export type SentBatch = { orders: Order[]; next: string; more: boolean; epoch: string }

/** The feed as who holds a binding to OrderService reads it. */
export type Feed = {
  /** Asks OrderService itself; the host is made up, since it is ignored. */
  fetch: (path: string) => Promise<Answer>
  /** The batch after the token (null: from the start). Throws unless it is answered 200. */
  readBatch: (token: string | null, limit?: number) => Promise<SentBatch>
  /** Every batch up to the feed's end, at most `limit` orders each. */
  readBatches: (limit: number) => Promise<SentBatch[]>
}

/** Opens the feed by a binding of its own, past the relay and its faults. */
export async function openFeed({ harness }: Together): Promise<Feed> {
  const { ORDERING } = await harness
    .getWorker<{ ORDERING: { fetch: (url: string) => Promise<Answer> } }>('relay')
    .getEnv()
  const fetch = (path: string): Promise<Answer> => ORDERING.fetch(`https://feed${path}`)

  async function readBatch(token: string | null, limit = 500): Promise<SentBatch> {
    const after = token === null ? '' : `&after=${encodeURIComponent(token)}`
    const response = await fetch(`/orders?limit=${limit}${after}`)
    if (response.status !== 200) throw new Error(`Cannot read the feed: ${response.status} ${await response.text()}`)
    return (await response.json()) as SentBatch
  }

  async function readBatches(limit: number): Promise<SentBatch[]> {
    const batches = [await readBatch(null, limit)]
    for (let last = batches.at(-1); last?.more === true; last = batches.at(-1)) {
      batches.push(await readBatch(last.next, limit))
    }
    return batches
  }

  return { fetch, readBatch, readBatches }
}

/** The orders' numbers, in the feed's order. */
export function numbersIn(...batches: readonly SentBatch[]): number[] {
  return batches.flatMap(({ orders }) => orders.map(({ number }) => number))
}

/** The orders' places in the feed. */
export function placesIn(...batches: readonly SentBatch[]): number[] {
  return batches.flatMap(({ orders }) => orders.map(({ confirmedSequenceNr }) => confirmedSequenceNr))
}
