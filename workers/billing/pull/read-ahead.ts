import { fetchBatch } from '../client/order-client.ts'

const BATCH_LIMIT = 500

/**
 * The batches of the feed. One that is asked for ahead comes while the batch before it is stored: ordering and billing then
 * work at the same time. Nothing rests on when it was read, for a batch is stored only where the token and the epoch stand
 * that it was asked for with. Each question counts in `progress.calls`.
 */
export function openFeed(ordering: Fetcher, progress: { calls: number }) {
  let ahead: { after: string; batch: ReturnType<typeof fetchBatch> } | undefined
  const ask = (after: string | null) => {
    progress.calls += 1
    return fetchBatch(ordering, after, BATCH_LIMIT)
  }
  return {
    readBatch(after: string | null) {
      const batch = ahead?.after === after ? ahead.batch : ask(after)
      ahead = undefined
      return batch
    },
    async readAhead(after: string): Promise<void> {
      ahead = { after, batch: ask(after) }
      // Lets the question leave: where D1 works on this thread, it would wait until the batch at hand is stored.
      await scheduler.wait(0)
    },
  }
}
