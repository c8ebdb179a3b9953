import type { ShownOrder } from './strike.ts'
import type { World } from './world.ts'

/** What a watcher may see after every step: the pages that were shown, and that no copy grows older. */
export async function look({ billing, memory, relay }: World): Promise<void> {
  memory.seePlaces((await relay.command('/shown', null)) as ShownOrder[])
  memory.seeCopies(
    await billing.sql<{ number: number; epoch: string; revision: number }>(
      'SELECT number, epoch, revision FROM orders',
    ),
  )
}
