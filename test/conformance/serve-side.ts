import type { Answer } from '../../shared/simulator/running-worker.ts'
import type { Kept } from './consumer.ts'
import type { Card } from './names.ts'
import { type Asked, json, type Sent, serve, type Served } from './serve.ts'

type Init = { method: string; headers: Record<string, string>; body?: string }
/** A publisher's entrypoint, as a binding reaches it. */
export type Binding = { fetch: (url: string, init: Init) => Promise<Answer> }
/** What a side can be told to do, by name; it answers what it has to say. */
export type Hands<Told> = Record<string, (told: Told) => Promise<object | void>>
/** What the kit tells a publisher's hands, and a consumer's. */
export type PublisherTold = { count?: number; bytes?: number; keys?: number[]; key?: number }
export type ConsumerTold = { publisher?: string; key?: number; call?: number }

const CONTROL = '/control'

/** A publisher's feed over HTTP, as its consumer's binding reaches it, and the kit's control beside it. */
export function servePublisher(feed: Binding, card: Card, hands: Hands<PublisherTold>): Promise<Served> {
  return serve(async ({ method, path, headers, body }: Asked): Promise<Sent> => {
    if (path === CONTROL) return json({ ...card, hands: Object.keys(hands) })
    if (path.startsWith(`${CONTROL}/`)) return tell(hands, path.slice(CONTROL.length + 1), body)
    const type = headers['content-type']
    const answer = await feed.fetch(`http://feed${path}`, {
      method,
      headers: type === undefined ? {} : { 'Content-Type': type },
      ...(body === '' ? {} : { body }),
    })
    return { status: answer.status, body: await answer.text(), headers: Object.fromEntries(answer.headers) }
  })
}

/** A consumer's control interface for the kit. */
export function serveConsumer(card: Card, hands: Hands<ConsumerTold>, look: () => Promise<Kept>): Promise<Served> {
  return serve(async ({ method, path, body }: Asked): Promise<Sent> => {
    if (method === 'GET' && path === '/copies') return json(await look())
    if (method === 'GET') return json({ ...card, hands: Object.keys(hands) })
    return tell(hands, path.slice(1), body)
  })
}

async function tell<Told>(hands: Hands<Told>, name: string, body: string): Promise<Sent> {
  const hand = hands[name]
  return hand === undefined ? json(null, 404) : json((await hand(JSON.parse(body) as Told)) ?? {})
}

type Row = Record<string, string | number | null>

/** What a consumer keeps, of the rows of its copies and of its quarantine. */
export function toKept([copies = [], quarantined = []]: Row[][]): Kept {
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
