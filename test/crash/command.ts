import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { seededRandom } from '../../shared/simulator/random.ts'
import { anOrder } from '../support/orders.ts'
import { readPort, readWhole } from '../../shared/commands/support/arguments.ts'
import { defineCommand } from '../../shared/commands/support/command.ts'
import { type Apps, prepareApps } from './apps.ts'
import { compareBoth } from './compare.ts'
import { spell } from '../../shared/commands/support/output.ts'

const USAGE = `npm run crash -- [options]

Runs both apps as processes of their own, with data on disk, and kills them with SIGKILL at random moments, while orders
are imported and pulled. Then both are started again, pulls run to the end, and every order is compared with its copy.

  --times N   kill so often (20)
  --seed N    decides the moments (1)
  --port N    ordering's port; billing's is the next one (18240)`

const ORDERS_A_ROUND = 60
const LONGEST_LIFE_MS = 1_500

/** What came of it: how often the apps were killed, how many orders were imported, and what is not as it should be. */
export type CrashResult = { kills: number; orders: number; failures: string[] }

/** Runs the crashes; an order that differs afterwards makes the exit code 1. */
export const command = defineCommand({
  usage: USAGE,
  options: {
    times: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    port: { type: 'string', default: '18240' },
  },
  async act(values) {
    const times = readWhole('--times', values.times)
    const seed = readWhole('--seed', values.seed)
    const port = readPort('--port', values.port)
    const { kills, orders, failures } = await crash({ times, seed, port }, (line) => console.log(line))
    console.log(
      `Killed ${spell(kills)} times; ${spell(orders)} orders are on both sides, ${spell(failures.length)} differ.`,
    )
    for (const failure of failures) console.log(`  ${failure}`)
    if (failures.length > 0) process.exitCode = 1
  },
})

/** Kills both apps `times` times, and compares them afterwards. */
export async function crash(
  { times, seed, port }: { times: number; seed: number; port: number },
  tell: (line: string) => void,
): Promise<CrashResult> {
  const random = seededRandom(seed)
  const directory = await mkdtemp(join(tmpdir(), 'waybill-crash-'))
  const apps = await prepareApps(directory, { ordering: port, billing: port + 1 })
  try {
    for (let round = 1; round <= times; round += 1) {
      await apps.start()
      const life = random.between(50, LONGEST_LIFE_MS)
      const working = Promise.allSettled([importRound(apps, round), pullAgain(apps, life)])
      await wait(life)
      await apps.kill()
      await working
      tell(`${round} of ${times}: killed after ${life} ms of importing and pulling.`)
    }
    await apps.start()
    for (let round = 1; round <= times; round += 1) await importRound(apps, round)
    return { kills: times, ...(await compareBoth(apps, times * ORDERS_A_ROUND)) }
  } finally {
    await apps.kill()
    await rm(directory, { recursive: true, force: true })
  }
}

/** Imports the round's orders; done before, it changes nothing. */
async function importRound({ ordering }: Apps, round: number): Promise<void> {
  const lines = Array.from({ length: ORDERS_A_ROUND }, (_, index) =>
    JSON.stringify({
      ...anOrder({ note: `round ${round}` }),
      externalId: `CRASH-${round}-${index}`,
      state: 'Confirmed',
    }),
  )
  const headers = { 'Content-Type': 'application/x-ndjson' }
  const answer = await fetch(`${ordering}/api/orders/import`, { method: 'POST', headers, body: lines.join('\n') })
  if (answer.status !== 200) throw new Error(`The import answered ${answer.status}: ${await answer.text()}`)
  await answer.arrayBuffer()
}

async function pullAgain({ billing }: Apps, life: number): Promise<void> {
  const end = Date.now() + life
  while (Date.now() < end) {
    const answer = await fetch(`${billing}/api/sync/run`, { method: 'POST', headers: { Origin: billing } })
    await answer.arrayBuffer()
  }
}
