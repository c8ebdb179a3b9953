import { contentOf, readTheirs } from '../../shared/simulator/guarantees/findings.ts'
import { expectStatus, type World } from '../../shared/simulator/world.ts'

type Orphan = { number: number; record: string }
type Restored = { restored: number[]; refused: { number: number; reason: string }[] }

/**
 * Gives the orphaned orders back to ordering, or only asks what it would take. What ordering says that it took it has,
 * under the same number and with the same content, one revision on.
 */
export async function restoreOrphans(world: World, preview = world.random.percent(25)): Promise<void> {
  const { billing, restores } = world
  const orphans = await billing.sql<Orphan>('SELECT number, record FROM orders WHERE orphaned = 1')
  const answer = await billing.send('POST', '/api/sync/orphans/restore', { preview })
  const status = expectStatus(world, 'POST /api/sync/orphans/restore', answer, 200, 503)
  const { restored, refused } = status === 200 ? ((await answer.json()) as Restored) : { restored: [], refused: [] }
  const described = `${restored.length} of ${orphans.length} orphans taken, ${refused.length} refused`
  world.tell(`restore orphans${preview ? ' (preview)' : ''}: ${status}, ${described}`)
  if (restored.length > 0) world.inject(preview ? 'orphans restored (preview)' : 'orphans restored')
  // Once a database was put back meanwhile, what was answered is no longer so.
  if (preview || world.restores > restores) return
  await checkRestored(world, orphans, restored)
}

async function checkRestored(world: World, orphans: Orphan[], restored: number[]): Promise<void> {
  const records = new Map(orphans.map(({ number, record }) => [number, record]))
  const theirs = new Map((await readTheirs(world)).map((order) => [order.number, order]))
  for (const number of restored) {
    const record = records.get(number)
    const order = theirs.get(number)
    if (order === undefined) world.memory.violations.push(`order ${number} was restored, and is not there`)
    // Without a record it was orphaned while the others were being restored.
    if (record === undefined || order === undefined) continue
    const { revision } = JSON.parse(record) as { revision: number }
    // Somebody has changed it since it is back.
    if (order.revision > revision + 1) continue
    const drawnAgain = ['revision', 'fingerprint']
    if (order.revision <= revision || contentOf(order.published, drawnAgain) !== contentOf(record, drawnAgain)) {
      world.memory.violations.push(`order ${number} was restored as ${record}, and is ${order.published}`)
    }
  }
}
