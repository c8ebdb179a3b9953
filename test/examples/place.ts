import type { RunningWorker } from '../../shared/simulator/running-worker.ts'
import type { Place } from './bill-an-order.ts'

/** Where a program reaches a Worker that runs in a test. */
export function placeOf(worker: RunningWorker): Place {
  return {
    origin: worker.origin,
    headers: { 'CF-Access-Client-Id': 'an id', 'CF-Access-Client-Secret': 'its secret' },
    fetch: async (address, init = {}) => {
      const headers = Object.fromEntries(new Headers(init.headers))
      const { method = 'GET', body } = init
      const sent = typeof body === 'string' ? { method, headers, body } : { method, headers }
      const answer = await worker.fetch(address instanceof Request ? address.url : address.toString(), sent)
      return new Response(await answer.text(), { status: answer.status, headers: Object.fromEntries(answer.headers) })
    },
  }
}
