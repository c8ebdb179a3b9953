import * as z from 'zod'
import { publishedOrder } from '../../../shared/contract/order.ts'

// The pull as it is written at first: each order is judged, stored, and awaited before the next one.

type Bindings = { DB: D1Database; ORDERING: Fetcher }

const page = z.object({ orders: z.array(publishedOrder), next: z.string(), more: z.boolean() })

async function pull({ DB, ORDERING }: Bindings): Promise<number> {
  await DB.exec('CREATE TABLE IF NOT EXISTS orders (number INTEGER PRIMARY KEY, revision INTEGER, record TEXT)')
  const store = DB.prepare(`
    INSERT INTO orders (number, revision, record) VALUES (?, ?, ?)
    ON CONFLICT (number) DO UPDATE SET revision = excluded.revision, record = excluded.record
    WHERE excluded.revision > orders.revision`)
  let after = ''
  let count = 0
  for (let more = true; more;) {
    const response = await ORDERING.fetch(`https://ordering/orders?limit=500${after}`)
    const read = page.parse(await response.json())
    for (const order of read.orders) await store.bind(order.number, order.revision, JSON.stringify(order)).run()
    after = `&after=${encodeURIComponent(read.next)}`
    count += read.orders.length
    more = read.more
  }
  return count
}

export default {
  async fetch(_request, env) {
    return Response.json(await pull(env))
  },
} satisfies ExportedHandler<Bindings>
