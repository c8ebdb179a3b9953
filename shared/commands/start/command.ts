import type { Role } from '../../access/roles.ts'
import { readRoles, writeConfigurationAs } from './acting-as.ts'
import { type App, appsAt, logFileOf, originOf, type Ports, stateOf } from '../support/app.ts'
import { readPort, readSpan } from '../support/arguments.ts'
import { CommandFailure, defineCommand } from '../support/command.ts'
import { spellSpan, tick } from './cron.ts'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { applyMigrations, refuseDamage } from '../support/migrations.ts'
import { bold, dim } from '../support/output.ts'
import { isPortTaken } from '../support/ports.ts'
import { formatLogLine, readLogLine } from './product-log.ts'
import { serveScenarios } from '../scenario/server.ts'
import { type End, whenToldToEnd } from './end.ts'
import { takeState } from './run-lock.ts'
import { importSample, isSampleImported } from './sample.ts'
import { forgetAddresses } from '../support/wrangler.ts'

const USAGE = `npm start -- [options]

Starts both apps on this machine, with sample data at the first start, and pulls orders into billing every minute.

  --port N           ordering's port (8787)
  --billing-port N   billing's port (8788)
  --scenarios-port N the port of the scenarios' page (8789)
  --every SPAN       pull more often or less often than every minute: 5s, 10m
  --as ROLES         act as somebody with these roles only: clerk, manager, accountant, operator, auditor, feed,
                     or several, with commas between; otherwise with every role
  --logs             show what both apps log; errors are always shown
  --empty            no sample data`

type Options = {
  ports: Ports
  scenariosPort: number
  everyMs: number
  logs: boolean
  empty: boolean
  roles: Role[] | undefined
}

/** Starts both apps and stays until it is told to end; then everything that it started ends with it. */
export const command = defineCommand({
  usage: USAGE,
  options: {
    port: { type: 'string', default: '8787' },
    'billing-port': { type: 'string', default: '8788' },
    'scenarios-port': { type: 'string', default: '8789' },
    every: { type: 'string', default: '1m' },
    as: { type: 'string' },
    logs: { type: 'boolean', default: false },
    empty: { type: 'boolean', default: false },
  },
  async act(values) {
    const ports = {
      ordering: readPort('--port', values.port),
      billing: readPort('--billing-port', values['billing-port']),
    }
    if (ports.ordering === ports.billing) throw new CommandFailure(`Both apps cannot have port ${ports.ordering}.`)
    await start({
      ports,
      scenariosPort: readPort('--scenarios-port', values['scenarios-port']),
      everyMs: readSpan('--every', values.every),
      logs: values.logs,
      empty: values.empty,
      roles: values.as === undefined ? undefined : readRoles(values.as),
    })
  },
})

async function start(options: Options): Promise<void> {
  const [ordering, billing] = appsAt(options.ports)
  const taken = await takeState()
  // Nobody may read what is printed any more, or the disk that it goes to is full: that ends nothing.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  if (taken.left > 0) say('Clearing up', `ended ${taken.left} of the processes that an earlier start left running`)
  const end = whenToldToEnd()
  const running: AppProcess[] = []
  try {
    await refuseTakenPort(ordering, '--port')
    await refuseTakenPort(billing, '--billing-port')
    await forgetAddresses()
    const starting = startBoth(ordering, billing, options, running, end.signal)
    if ((await Promise.race([starting, end.told])) === 'ready') await stay(running, options, end)
  } finally {
    end.abort()
    await Promise.all(running.map((server) => server.end()))
    taken.giveBack()
  }
  console.log('\n  Both apps have ended.')
}

/** Throws a CommandFailure if something listens on the app's port already. */
async function refuseTakenPort(app: App, option: string): Promise<void> {
  if (!(await isPortTaken(app.port))) return
  throw new CommandFailure(
    `Port ${app.port} is in use, and ${app.title} needs it: end what listens there, or choose another port with ` +
      `npm start -- ${option} ${app.port + 10}`,
  )
}

async function startBoth(
  ordering: App,
  billing: App,
  options: Options,
  running: AppProcess[],
  signal: AbortSignal,
): Promise<'ready'> {
  say('Databases', 'applying migrations')
  await Promise.all([ordering, billing].map((app) => applyMigrations(app, { state: stateOf(app.name), signal })))
  for (const app of [ordering, billing]) refuseDamage(app, stateOf(app.name))
  const apps = { ordering, billing, logs: options.logs }
  if (options.roles !== undefined && !options.empty && !isSampleImported()) {
    // The sample data needs every role, so the first start has every role until it is there.
    say('Apps', 'starting, for the sample data')
    await startApps(apps, undefined, running)
    say('Sample data', await importSample(originOf(ordering), signal))
    await Promise.all(running.splice(0).map((server) => server.end()))
  }
  say('Apps', 'starting')
  await startApps(apps, options.roles, running)
  if (!options.empty && !isSampleImported()) say('Sample data', await importSample(originOf(ordering), signal))
  return 'ready'
}

type Apps = { ordering: App; billing: App; logs: boolean }

async function startApps({ ordering, billing, logs }: Apps, roles: Role[] | undefined, running: AppProcess[]) {
  for (const [app, other] of [
    [ordering, billing],
    [billing, ordering],
  ] as const) {
    const config = roles === undefined ? {} : { config: await writeConfigurationAs(app, roles) }
    const place = { state: stateOf(app.name), log: { file: logFileOf(app.name), append: false }, ...config }
    running.push(startApp(app, originOf(other), place, (line) => show(app, line, logs)))
  }
  await Promise.all(running.map((server) => server.ready()))
}

function show(app: App, line: string, logs: boolean): void {
  const logged = readLogLine(line)
  if (logged !== undefined && (logs || logged.level === 'error')) console.log(formatLogLine(app.name, logged))
}

/** Pulls until it is told to end or an app ends unasked. */
async function stay(running: AppProcess[], options: Options, end: End): Promise<void> {
  const [ordering, billing] = appsAt(options.ports).map(originOf) as [string, string]
  void tick(billing, options.everyMs, end.signal)
  console.log(
    dim(`\n  Billing pulls every ${spellSpan(options.everyMs)}. Ctrl-C ends both; npm run reset forgets everything.\n`),
  )
  if (options.roles !== undefined) console.log(dim(`  You act with the role ${options.roles.join(', ')} alone.\n`))
  for (const { app } of running) tellAddress(app.title, originOf(app))
  const scenarios = await serveScenarios(options.scenariosPort, { ordering, billing })
  tellAddress('Scenarios', scenarios?.origin ?? explainTaken(options.scenariosPort))
  try {
    const ended = await Promise.race([end.told, ...running.map((server) => server.ended.then(() => server.app))])
    if (ended === 'end') return
    throw new CommandFailure(`${ended.title} ended unexpectedly; see ${logFileOf(ended.name)}.`)
  } finally {
    await scenarios?.close()
  }
}

function tellAddress(title: string, address: string): void {
  console.log(`  ${bold(title.padEnd(10))}${address}`)
}

function explainTaken(port: number): string {
  return dim(`not here: port ${port} is in use; --scenarios-port ${port + 10} is another`)
}

function say(what: string, how: string): void {
  console.log(`  ${what.padEnd(12)}${how}`)
}
