import type { Kept } from '../conformance/consumer.ts'
import { type Asked, json, type Sent, serve, type Served } from '../conformance/serve.ts'
import type { Shipment } from '../examples/shipments/shipment.ts'
import { NAMES } from './serve-warehouse.ts'
import type { Shipments } from './world.ts'

type Told = { publisher?: string; key?: number; call?: number }

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
  const hands = handsOf(shipments)
  return serve(async ({ method, path, body }: Asked): Promise<Sent> => {
    if (method === 'GET' && path === '/copies') return json(await look(shipments))
    if (method === 'GET') return json({ names: NAMES, hands: Object.keys(hands), sample: SAMPLE, text: 'address' })
    const hand = hands[path.slice(1)]
    return hand === undefined ? json(null, 404) : json((await hand(JSON.parse(body) as Told)) ?? {})
  })
}

function handsOf({ care, relay }: Shipments): Record<string, (told: Told) => Promise<object | void>> {
  /** Whether the last run met a fault: none goes by without one. */
  let hasFailed = false

  async function pull(): Promise<object> {
    // A run that could not even end holds the lease for half a minute.
    await care.sql('UPDATE shipment_pull SET lease_until = 0')
    const answer = await care.send('POST', '/sync/run')
    const { outcome = 'failed' } = answer.ok ? ((await answer.json()) as { outcome?: string }) : {}
    hasFailed = outcome === 'failed'
    return { outcome }
  }

  function injure(kind: 'refuse' | 'lose-answer') {
    return async ({ call = 0 }: Told): Promise<object> => {
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
  const [copies = [], quarantined = []] = await care.batch([
    { query: 'SELECT id AS key, revision, deleted, orphaned, record FROM shipment_copies ORDER BY id', values: [] },
    { query: 'SELECT id AS key FROM shipment_quarantine WHERE closed_at IS NULL ORDER BY id', values: [] },
  ])
  return {
    copies: copies.map(({ key, revision, deleted, orphaned, record }) => ({
      key: Number(key),
      revision: Number(revision),
      deleted: deleted === 1,
      orphaned: orphaned === 1,
      record: JSON.parse(String(record)) as Record<string, unknown>,
    })),
    quarantined: quarantined.map(({ key }) => Number(key)),
  }
}
