import { prepareApps } from '../crash/apps.ts'
import { findFreePort } from '../../shared/commands/support/ports.ts'
import { pullToEnd, readRun } from './apps.ts'

/** Both apps as processes of their own, empty, with their data in the directory, until who asked is done with them. */
export async function startPair(directory: string) {
  const apps = await prepareApps(directory, { ordering: await findFreePort(), billing: await findFreePort() })
  try {
    await apps.start()
  } catch (error) {
    await apps.kill()
    throw error
  }

  async function post(url: string, headers: Record<string, string>, body?: string): Promise<string> {
    const response = await fetch(url, { method: 'POST', headers, ...(body === undefined ? {} : { body }) })
    const text = await response.text()
    if (response.status !== 200) throw new Error(`${url} answers with ${response.status}: ${text}`)
    return text
  }

  return {
    /** Imports orders over HTTP, as many in one request as the app takes. */
    async importOrders(bodies: readonly string[]): Promise<void> {
      const headers = { 'Content-Type': 'application/x-ndjson' }
      for (const body of bodies) await post(`${apps.ordering}/api/orders/import`, headers, body)
    },

    /** Runs the pull until the feed's end, and returns how many orders came. */
    pullToEnd: () =>
      pullToEnd(async () => readRun(await post(`${apps.billing}/api/sync/run`, { Origin: apps.billing }))),

    [Symbol.asyncDispose]: () => apps.kill(),
  }
}
