import { contentOf, readTheirs } from './findings.ts'
import { expectStatus, type World } from './world.ts'

type Orphan = { number: number; record: string }
type Returned = { returned: number[]; refused: { number: number; reason: string }[] }

/**
 * Gives the orphaned orders back to ordering, or only asks what it would take. What ordering says that it took it has,
 * under the same number and with the same content, one revision on.
 */
export async function giveBack(world: World, preview = world.random.percent(25)): Promise<void> {
  const { billing, restores } = world
  const orphans = await billing.sql<Orphan>('SELECT number, record FROM orders WHERE orphaned = 1')
  const answer = await billing.send('POST', '/api/sync/orphans/return', { preview })
  const status = expectStatus(world, 'POST /api/sync/orphans/return', answer, 200, 503)
  const { returned, refused } = status === 200 ? ((await answer.json()) as Returned) : { returned: [], refused: [] }
  const told = `${returned.length} of ${orphans.length} orphans taken, ${refused.length} refused`
  world.tell(`give back${preview ? ' (preview)' : ''}: ${status}, ${told}`)
  if (returned.length > 0) world.inject(preview ? 'orphans given back (preview)' : 'orphans given back')
  // Once a database was put back meanwhile, what was answered is no longer so.
  if (preview || world.restores > restores) return
  await checkReturned(world, orphans, returned)
}

async function checkReturned(world: World, orphans: Orphan[], returned: number[]): Promise<void> {
  const records = new Map(orphans.map(({ number, record }) => [number, record]))
  const theirs = new Map((await readTheirs(world)).map((order) => [order.number, order]))
  for (const number of returned) {
    const record = records.get(number)
    const order = theirs.get(number)
    if (order === undefined) world.memory.violations.push(`order ${number} was given back, and is not there`)
    // Without a record it was orphaned while the others were being given back.
    if (record === undefined || order === undefined) continue
    const { revision } = JSON.parse(record) as { revision: number }
    // Somebody has changed it since it is back.
    if (order.revision > revision + 1) continue
    const drawnAnew = ['revision', 'fingerprint']
    if (order.revision <= revision || contentOf(order.published, drawnAnew) !== contentOf(record, drawnAnew)) {
      world.memory.violations.push(`order ${number} was given back as ${record}, and is ${order.published}`)
    }
  }
}
