import { fetchPage } from '../client/order-client.ts'

const PAGE_LIMIT = 500

/**
 * The pages of the feed. One that is asked for ahead comes while the page before it is stored: ordering and billing then
 * work at the same time. Nothing rests on when it was read, for a page is stored only where the token and the epoch stand
 * that it was asked for with. Each question counts in `progress.calls`.
 */
export function openFeed(ordering: Fetcher, progress: { calls: number }) {
  let ahead: { after: string; page: ReturnType<typeof fetchPage> } | undefined
  const ask = (after: string | null) => {
    progress.calls += 1
    return fetchPage(ordering, after, PAGE_LIMIT)
  }
  return {
    readPage(after: string | null) {
      const page = ahead?.after === after ? ahead.page : ask(after)
      ahead = undefined
      return page
    },
    async readAhead(after: string): Promise<void> {
      ahead = { after, page: ask(after) }
      // Lets the question leave: where D1 works on this thread, it would wait until the page at hand is stored.
      await scheduler.wait(0)
    },
  }
}
