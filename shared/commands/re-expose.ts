import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { CommandFailure } from './command.ts'
import { parseSpan } from './cron.ts'
import { askApp, describeRefusal, readAddress } from './deployed-app.ts'
import { count } from './output.ts'

const USAGE = `npm run re-expose -- [--to URL] [--every SPAN]

Puts all orders that were ever confirmed into the feed again, as they are: for after a release that adds a member to the
feed's records. Their revisions stay, so no invoice is disturbed. Safe to cut off and to run again.

  --to URL       ordering's address (http://localhost:8787)
  --every SPAN   the pause between batches of 500 (5s), so that billing keeps up`

const BATCH = 500

/** Puts all orders into the feed again, batch by batch. */
export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      to: { type: 'string', default: 'http://localhost:8787' },
      every: { type: 'string', default: '5s' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(USAGE)
    return
  }
  const pauseMs = parseSpan(values.every)
  if (pauseMs === undefined) throw new CommandFailure(`--every takes a span such as 5s or 1m, not ${values.every}.`)
  const exposed = await exposeAll(readAddress('--to', values.to), pauseMs, (line) => console.log(line))
  console.log(`${count(exposed, 'order')} will come to the feed’s readers again.`)
}

/** Exposes all orders and returns how many there were. `say` is told of each batch. */
export async function exposeAll(origin: string, pauseMs: number, say: (line: string) => void): Promise<number> {
  let after: number | null = 0
  let exposed = 0
  while (after !== null) {
    const answer = await askApp(origin, 'POST', '/api/feed/expose', { after, limit: BATCH })
    if (answer.status !== 200) throw new CommandFailure(`${origin} refuses it: ${describeRefusal(answer)}`)
    const done = answer.body as { exposed: number; next: number | null }
    exposed += done.exposed
    after = done.next
    say(`  ${count(exposed, 'order')}${after === null ? '' : `, up to number ${after}`}`)
    if (after !== null) await wait(pauseMs)
  }
  return exposed
}
