import type { Order } from '../../shared/contract/order.ts'
import type { Answer } from '../support/running-worker.ts'
import type { Together } from '../support/together.ts'

/** A page of the feed as it travels (contract, section 4). */
export type SentPage = { orders: Order[]; next: string; more: boolean; epoch: string }

/** The feed as who holds a binding to OrderService reads it. */
export type Feed = {
  /** Asks OrderService itself; the host is made up, since it is ignored. */
  fetch: (path: string) => Promise<Answer>
  /** The page after the token (null: from the start). Throws unless it is answered 200. */
  readPage: (token: string | null, limit?: number) => Promise<SentPage>
  /** Every page up to the feed's end, at most `limit` orders each. */
  readPages: (limit: number) => Promise<SentPage[]>
}

/** Opens the feed by a binding of its own, past the relay and its faults. */
export async function openFeed({ harness }: Together): Promise<Feed> {
  const { ORDERING } = await harness
    .getWorker<{ ORDERING: { fetch: (url: string) => Promise<Answer> } }>('relay')
    .getEnv()
  const fetch = (path: string): Promise<Answer> => ORDERING.fetch(`https://feed${path}`)

  async function readPage(token: string | null, limit = 500): Promise<SentPage> {
    const after = token === null ? '' : `&after=${encodeURIComponent(token)}`
    const response = await fetch(`/orders?limit=${limit}${after}`)
    if (response.status !== 200) throw new Error(`Cannot read the feed: ${response.status} ${await response.text()}`)
    return (await response.json()) as SentPage
  }

  async function readPages(limit: number): Promise<SentPage[]> {
    const pages = [await readPage(null, limit)]
    for (let last = pages.at(-1); last?.more === true; last = pages.at(-1)) pages.push(await readPage(last.next, limit))
    return pages
  }

  return { fetch, readPage, readPages }
}

/** The orders' numbers, in the feed's order. */
export function numbersIn(...pages: readonly SentPage[]): number[] {
  return pages.flatMap(({ orders }) => orders.map(({ number }) => number))
}

/** The orders' places in the feed. */
export function placesIn(...pages: readonly SentPage[]): number[] {
  return pages.flatMap(({ orders }) => orders.map(({ confirmedSequenceNr }) => confirmedSequenceNr))
}
