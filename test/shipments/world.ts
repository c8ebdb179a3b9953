import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTestHarness, unstable_splitSqlQuery } from 'wrangler'
import { readConfigurationFile } from '../../shared/project/project.ts'
import type { RunResult } from '../../shared/handover/consumer/run.ts'
import type { BindingFault } from '../../shared/simulator/fault.ts'
import { simulated } from '../../shared/simulator/harness.ts'
import { type RunningWorker, runningWorker } from '../../shared/simulator/running-worker.ts'

const HERE = join(import.meta.dirname, '../examples/shipments')
const APPS = ['warehouse', 'care'] as const
type App = (typeof APPS)[number]

export type Shipments = Awaited<ReturnType<typeof startShipments>>
/** A Worker of the example, which also obeys the simulator, with the statements of its migrations. */
export type ShipmentWorker = RunningWorker & ReturnType<typeof simulated> & { migrations: string[] }

/** Both Workers of the example from their configuration files, with a faulty world between and below them. */
export async function startShipments() {
  const relayConfig = {
    name: 'relay',
    main: join(import.meta.dirname, '../../shared/simulator/workers/relay.ts'),
    compatibility_date: '2026-11-01',
    services: [{ binding: 'ORDERING', service: 'warehouse', entrypoint: 'ShipmentService' }],
  }
  const workers = [...APPS.map((app) => ({ config: configurationOf(app) })), { config: relayConfig }]
  const harness = createTestHarness({ root: HERE, workers })
  await harness.listen()
  const open = (app: App): ShipmentWorker => ({
    ...simulated(harness.getWorker(app)),
    ...runningWorker(harness.getWorker(app), `http://localhost`),
    migrations: migrationsOf(app),
  })
  const [warehouse, care] = APPS.map(open) as [ShipmentWorker, ShipmentWorker]
  const relay = harness.getWorker('relay')
  return {
    warehouse,
    care,
    harness,
    relay: {
      ...simulated(relay),

      /** Lets the warehouse fail customer care over the binding, in this order, from now on; none ends it. */
      async fail(...faults: BindingFault[]): Promise<void> {
        await relay.fetch('/', { method: 'PUT', body: JSON.stringify(faults) })
      },
    },
    /** One run of customer care's pull. One before it that could not even end holds the lease for half a minute. */
    run: async (): Promise<Pick<RunResult, 'outcome'> & Partial<RunResult>> => {
      await care.sql('UPDATE shipment_pull SET lease_until = 0')
      const answer = await care.send('POST', '/sync/run')
      if (!answer.ok) return { outcome: 'failed' }
      return (await answer.json()) as RunResult
    },

    /** Empties both databases and the sequencer, and ends every fault. */
    async reset(): Promise<void> {
      const faults = relay.fetch('/', { method: 'PUT', body: '[]' })
      const workers = [warehouse, care]
      await Promise.all([...workers.map((worker) => worker.command('/clock', { offsetMs: 0 })), faults])
      await Promise.all(workers.map((worker) => worker.empty(worker.migrations)))
    },
    close: () => harness.close(),
  }
}

/** As its file has it, with the control round it, and customer care reaches the warehouse by way of the relay. */
function configurationOf(app: App) {
  const configuration = readConfigurationFile<{ name: string; main: string; services?: object[] }>(
    join(HERE, app, 'wrangler.toml'),
  )
  const services = [{ binding: 'WAREHOUSE', service: 'relay', entrypoint: 'OrderRelay' }]
  return { ...configuration, main: join(HERE, 'under-test', `${app}.ts`), ...(app === 'care' ? { services } : {}) }
}

function migrationsOf(app: App): string[] {
  const folder = join(HERE, app, 'migrations')
  return readdirSync(folder)
    .toSorted()
    .flatMap((file) => unstable_splitSqlQuery(readFileSync(join(folder, file), 'utf8')))
}
