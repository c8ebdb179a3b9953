import { setTimeout as wait } from 'node:timers/promises'
import { readAddress, readSpan } from './support/arguments.ts'
import { CommandFailure, defineCommand } from './support/command.ts'
import { askApp, describeRefusal } from './support/app-client.ts'
import { count } from './support/output.ts'

const USAGE = `npm run republish -- [--to URL] [--every SPAN]

Sends every order that was ever confirmed to the feed's readers again, unchanged. Use it after a release that adds a
member to the feed's records. Revisions remain the same, so no invoice is affected. Safe to interrupt and to run again.

  --to URL       ordering's address (http://localhost:8787)
  --every SPAN   the pause between batches of 500 (5s), so that billing keeps up

Behind Cloudflare Access, a service token with the role operator in CF_ACCESS_CLIENT_ID and CF_ACCESS_CLIENT_SECRET.`

const BATCH = 500

/** Republishes all orders, batch by batch. */
export const command = defineCommand({
  usage: USAGE,
  options: {
    to: { type: 'string', default: 'http://localhost:8787' },
    every: { type: 'string', default: '5s' },
  },
  async act(values) {
    const origin = readAddress('--to', values.to)
    const republished = await republishAll(origin, readSpan('--every', values.every), (line) => console.log(line))
    console.log(`${count(republished, 'order')} republished to the feed’s readers.`)
  },
})

/** Republishes all orders and returns how many there were. `say` is told of each batch. */
export async function republishAll(origin: string, pauseMs: number, say: (line: string) => void): Promise<number> {
  let after: number | null = 0
  let republished = 0
  while (after !== null) {
    const answer = await askApp(origin, 'POST', '/api/feed/republish', { after, limit: BATCH })
    if (answer.status !== 200) throw new CommandFailure(`${origin} refuses it: ${describeRefusal(answer)}`)
    const done = answer.body as { republished: number; next: number | null }
    republished += done.republished
    after = done.next
    say(`  ${count(republished, 'order')}${after === null ? '' : `, up to number ${after}`}`)
    if (after !== null) await wait(pauseMs)
  }
  return republished
}
