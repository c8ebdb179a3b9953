import { readAddress } from '../support/arguments.ts'
import { CommandFailure, defineCommand } from '../support/command.ts'
import { judgeZones } from '../deploy/checks.ts'
import { DEPLOYED, readTarget } from '../deploy/target.ts'
import { askApp } from '../support/app-client.ts'
import { type Diagnosis, describeDiagnosis, fine, look, wrong } from './diagnosis.ts'
import { examineApps } from './apps.ts'
import { openState } from '../support/local-database.ts'
import { examineState } from './state.ts'
import { count } from '../support/output.ts'

const USAGE = `npm run doctor -- [--ordering URL --billing URL]

Says in words how both apps are, and what to do about what is wrong. Changes nothing. Without addresses it looks at this
machine: into the databases of npm start, and at the apps if they run. The exit code is 1 if something is wrong.

  --ordering URL   ordering's address
  --billing URL    billing's address

A deployment asks who you are: CF_ACCESS_CLIENT_ID and CF_ACCESS_CLIENT_SECRET are a service token's.`

const LOCAL = { ordering: 'http://localhost:8787', billing: 'http://localhost:8788' }
const AFTER_LOSS = {
  ordering: 'Then billing’s sync page lists the orders that ordering has lost, and restores them.',
  billing: 'Then the pulls bring all orders, and the ledger all invoices that were issued.',
}
const LEAST_NODE = [22, 18] as const

/** Examines both apps, and says what was found. */
export const command = defineCommand({
  usage: USAGE,
  options: {
    ordering: { type: 'string' },
    billing: { type: 'string' },
  },
  async act(values) {
    const { ordering, billing } = values
    if ((ordering === undefined) !== (billing === undefined)) {
      throw new CommandFailure(`Both addresses are needed, or neither.\n\n${USAGE}`)
    }
    const found =
      ordering === undefined || billing === undefined
        ? await examineMachine()
        : await examineApps({
            ordering: readAddress('--ordering', ordering),
            billing: readAddress('--billing', billing),
          })
    for (const diagnosis of found) console.log(describeDiagnosis(diagnosis))
    const ills = found.filter(({ verdict }) => verdict === 'wrong').length
    console.log(ills === 0 ? '\nNothing is wrong.' : `\n${count(ills, 'thing')} wrong.`)
    if (ills > 0) process.exitCode = 1
  },
})

async function examineMachine(): Promise<Diagnosis[]> {
  return [examineNode(), await examineZones(), ...examineLocalState(), ...(await examineLocalApps())]
}

function examineNode(): Diagnosis {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const [leastMajor, leastMinor] = LEAST_NODE
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return fine(`Node is ${process.version}.`)
  return wrong(`Node is ${process.version}, which is too old.`, 'npm ci puts a newer one into node_modules/.bin.')
}

async function examineZones(): Promise<Diagnosis> {
  const [ordering, billing] = await Promise.all(DEPLOYED.map((app) => readTarget(app, 'production')))
  const { verdict, what } = judgeZones(ordering?.localVars['TIME_ZONE'], billing?.localVars['TIME_ZONE'])
  return verdict === 'fine' ? fine(what) : wrong(what, 'Give both configuration files the same TIME_ZONE.')
}

function examineLocalState(): Diagnosis[] {
  const ordering = openState('ordering')
  const billing = openState('billing')
  try {
    if (ordering !== undefined && billing !== undefined) return examineState(ordering, billing)
    if (ordering === undefined && billing === undefined) {
      return [look('This machine has no databases yet.', 'npm start makes them, with sample data.')]
    }
    const gone = ordering === undefined ? 'ordering' : 'billing'
    return [wrong(`The database of ${gone} is gone.`, `npm start makes it again. ${AFTER_LOSS[gone]}`)]
  } finally {
    ordering?.close()
    billing?.close()
  }
}

async function examineLocalApps(): Promise<Diagnosis[]> {
  try {
    await askApp(LOCAL.billing, 'GET', '/health')
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error
    return [look('The apps do not run at their usual ports.', 'npm start starts them.')]
  }
  return examineApps(LOCAL)
}
