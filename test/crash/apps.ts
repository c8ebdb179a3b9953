import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type App, appsAt, originOf, type Ports } from '../../shared/commands/support/app.ts'
import { type AppProcess, startApp } from '../../shared/commands/support/app-process.ts'
import { applyMigrations } from '../../shared/commands/support/migrations.ts'

/** Both apps as processes of their own, with their data on disk. */
export type Apps = { ordering: string; billing: string; start: () => Promise<void>; kill: () => Promise<void> }

/** Makes both databases in the directory. Nothing runs before `start`; `kill` ends everything at once, by SIGKILL. */
export async function prepareApps(directory: string, ports: Ports): Promise<Apps> {
  const [ordering, billing] = appsAt(ports)
  // A registry of their own: apps that are started otherwise on this machine are not met.
  const registry = join(directory, 'registry')
  const stateOf = ({ name }: App): string => join(directory, name)
  let running: AppProcess[] = []

  function start(app: App, other: App): AppProcess {
    const log = { file: join(directory, `${app.name}.log`), append: true }
    return startApp(app, originOf(other), { state: stateOf(app), log, registry })
  }

  for (const app of [ordering, billing]) await applyMigrations(app, { state: stateOf(app), registry })

  return {
    ordering: originOf(ordering),
    billing: originOf(billing),

    /** Starts both, and resolves when both answer. */
    start: async () => {
      running = [start(ordering, billing), start(billing, ordering)]
      await Promise.all(running.map((app) => app.ready()))
    },

    kill: async () => {
      await Promise.all(running.splice(0).map((app) => app.kill()))
      // What was killed took no leave: its address would stay, and the next start would ask there.
      await rm(registry, { recursive: true, force: true })
    },
  }
}
