import { readMigrations } from '../../shared/simulator/configuration.ts'
import { aPublishedOrder } from '../support/published-order.ts'
import type { Together } from '../support/together.ts'
import { expireLease } from '../together/both-sides.ts'
import type { Kept } from './consumer.ts'
import type { Served } from './serve.ts'
import { type ConsumerTold, type Hands, serveConsumer, toKept } from './serve-side.ts'

/** Billing's control interface for the kit: its pull and its link over HTTP, its copies by SQL. */
export function serveBilling(together: Together): Promise<Served> {
  return serveConsumer({ sample: aPublishedOrder(), text: 'note' }, handsOf(together), () => look(together))
}

/** What the kit can have billing do. */
function handsOf(together: Together): Hands<ConsumerTold> {
  const { billing, relay } = together
  const migrations = readMigrations('billing')
  /** Whether the last run met a fault: none goes by without one. */
  let hasFailed = false

  async function pull(): Promise<object> {
    // A run that could not even end holds the lease for half a minute.
    await expireLease(together)
    const answer = await billing.send('POST', '/api/sync/run')
    const { outcome = 'failed' } = (await answer.json()) as { outcome?: string }
    hasFailed = outcome === 'failed'
    return { outcome }
  }

  function injure(kind: 'refuse' | 'lose-answer') {
    return async ({ call = 0 }: ConsumerTold): Promise<object> => {
      await (call === 0 ? billing.failDatabase() : billing.failDatabase({ kind, after: call - 1 }))
      return { struck: hasFailed }
    }
  }

  async function ask(method: string, path: string, body?: object): Promise<void> {
    await (await billing.send(method, path, body)).arrayBuffer()
  }

  return {
    reset: async ({ publisher = '' }) => {
      await billing.empty(migrations)
      await relay.fail({ kind: 'forward', to: publisher, times: Number.MAX_SAFE_INTEGER })
    },
    pull,
    follow: ({ key }) => ask('GET', `/link/new_order/${key}`),
    retry: ({ key }) => ask('POST', '/api/sync/quarantine/retry', { number: key }),
    compare: () => ask('POST', '/api/sync/compare'),
    'restore-orphans': () => ask('POST', '/api/sync/orphans/restore', { preview: false }),
    fail: injure('refuse'),
    lose: injure('lose-answer'),
  }
}

async function look({ billing }: Together): Promise<Kept> {
  const rows = await billing.batch([
    { query: 'SELECT number AS key, revision, deleted, orphaned, record FROM orders ORDER BY number', values: [] },
    { query: 'SELECT number AS key FROM quarantine WHERE closed_at IS NULL ORDER BY number', values: [] },
  ])
  return toKept(rows)
}
