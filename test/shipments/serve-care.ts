import type { Kept } from '../conformance/consumer.ts'
import type { Served } from '../conformance/serve.ts'
import { type ConsumerTold, type Hands, serveConsumer, toKept } from '../conformance/serve-side.ts'
import type { Shipment } from '../examples/shipments/shipment.ts'
import { NAMES } from './serve-warehouse.ts'
import type { Shipments } from './world.ts'

/** What a shipment says, beside what the protocol has of it. */
const SAMPLE: Omit<Shipment, 'id' | 'revision' | 'sequenceNr' | 'fingerprint'> = {
  state: 'Dispatched',
  dispatchedAt: '2026-03-01T12:00:00Z',
  recipient: 'Nora',
  address: 'Street 1',
  parcels: [{ barcode: 'P1', grams: 500 }],
}

/** Customer care's control interface for the kit: its pull and its link over HTTP, its copies by SQL. */
export function serveCare(shipments: Shipments): Promise<Served> {
  return serveConsumer({ names: NAMES, sample: SAMPLE, text: 'address' }, handsOf(shipments), () => look(shipments))
}

function handsOf({ care, relay, run }: Shipments): Hands<ConsumerTold> {
  /** Whether the last run met a fault: none goes by without one. */
  let hasFailed = false

  async function pull(): Promise<object> {
    const { outcome } = await run()
    hasFailed = outcome === 'failed'
    return { outcome }
  }

  function injure(kind: 'refuse' | 'lose-answer') {
    return async ({ call = 0 }: ConsumerTold): Promise<object> => {
      await (call === 0 ? care.failDatabase() : care.failDatabase({ kind, after: call - 1 }))
      return { struck: hasFailed }
    }
  }

  async function ask(method: string, path: string, body?: object): Promise<void> {
    await (await care.send(method, path, body)).arrayBuffer()
  }

  return {
    reset: async ({ publisher = '' }) => {
      await care.empty(care.migrations)
      await relay.fail({ kind: 'forward', to: publisher, times: Number.MAX_SAFE_INTEGER })
    },
    pull,
    follow: ({ key }) => ask('GET', `/shipments/${key}`),
    retry: ({ key }) => ask('POST', '/sync/retry', { subject: `shipment:${key}` }),
    compare: () => ask('POST', '/sync/compare'),
    'restore-orphans': () => ask('POST', '/sync/orphans/restore'),
    fail: injure('refuse'),
    lose: injure('lose-answer'),
  }
}

async function look({ care }: Shipments): Promise<Kept> {
  const rows = await care.batch([
    { query: 'SELECT id AS key, revision, deleted, orphaned, record FROM shipment_copies ORDER BY id', values: [] },
    { query: 'SELECT id AS key FROM shipment_quarantine WHERE closed_at IS NULL ORDER BY id', values: [] },
  ])
  return toKept(rows)
}
