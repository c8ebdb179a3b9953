import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { isAnswering } from '../../shared/commands/support/answering.ts'
import { type App, appsAt, configOf, devArguments, originOf, type Ports } from '../../shared/commands/support/app.ts'
import { CommandFailure } from '../../shared/commands/support/command.ts'
import { signalGroup, spawnWrangler } from '../../shared/commands/support/wrangler.ts'

const READY_WITHIN_MS = 90_000
const ASK_EVERY_MS = 100

/** Both apps as processes of their own, with their data on disk. */
export type Apps = { ordering: string; billing: string; start: () => Promise<void>; kill: () => Promise<void> }

/** Makes both databases in the directory. Nothing runs before `start`; `kill` ends everything at once, by SIGKILL. */
export async function prepareApps(directory: string, ports: Ports): Promise<Apps> {
  const [ordering, billing] = appsAt(ports)
  let running: ChildProcess[] = []

  function wrangler(args: string[]): ChildProcess {
    // A registry of their own: apps that are started otherwise on this machine are not met.
    return spawnWrangler(args, 'ignore', { registry: join(directory, 'registry') })
  }

  const stateOf = ({ name }: App): string[] => ['--config', configOf(name), '--persist-to', join(directory, name)]

  for (const app of [ordering, billing]) {
    const [code] = (await once(wrangler(['d1', 'migrations', 'apply', 'DB', '--local', ...stateOf(app)]), 'close')) as [
      number | null,
    ]
    if (code !== 0) throw new CommandFailure(`The migrations of ${app.name} cannot be applied.`)
  }

  return {
    ordering: originOf(ordering),
    billing: originOf(billing),

    /** Starts both, and resolves when both answer. */
    start: async () => {
      running = [
        { app: ordering, other: billing },
        { app: billing, other: ordering },
      ].map(({ app, other }) => {
        return wrangler(['dev', ...stateOf(app), ...devArguments(app, originOf(other))])
      })
      await Promise.all([ordering, billing].map(waitUntilReady))
    },

    kill: async () => {
      const alive = running.filter((child) => child.exitCode === null && child.signalCode === null)
      const ended = alive.map((child) => once(child, 'close'))
      for (const child of running) signalGroup(child, 'SIGKILL')
      await Promise.all(ended)
      // What was killed took no leave: its address would stay, and the next start would ask there.
      await rm(join(directory, 'registry'), { recursive: true, force: true })
      running = []
    },
  }
}

async function waitUntilReady(app: App): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS
  while (!(await isAnswering(originOf(app)))) {
    if (Date.now() > deadline) {
      throw new CommandFailure(`${app.title} did not answer within ${READY_WITHIN_MS / 1000} seconds.`)
    }
    await wait(ASK_EVERY_MS)
  }
}
