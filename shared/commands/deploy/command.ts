import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { CommandFailure, defineCommand } from '../support/command.ts'
import { audienceName, type Finding, judgePair, judgeTarget } from './checks.ts'
import type { AccessSettings } from './security.ts'
import { checkAccount, deployAll, type Deployer, findRunningVersions, tellTheWayBack } from './steps.ts'
import { type DeployTarget, type Environment, ENVIRONMENTS, readTarget } from './target.ts'
import { STATE } from '../support/paths.ts'
import { count } from '../support/output.ts'
import { runDeployingWrangler } from '../support/wrangler.ts'

const USAGE = `npm run deploy -- --env staging|production [--dry-run]

Deploys both apps: ordering before billing, each database before its code, only what the release before can live with.

  --env NAME    where to: staging or production
  --dry-run     look at everything that can be looked at offline, bundle both apps, and stop

In the environment: CLOUDFLARE_API_TOKEN (or npx wrangler login before), ACCESS_TEAM_DOMAIN (team.cloudflareaccess.com),
ORDERING_ACCESS_AUD and BILLING_ACCESS_AUD (the audience tags of the two Access applications).`

const PAUSE_MS = 5_000

type Access = Record<DeployTarget['app'], AccessSettings>

/** Deploys both apps to an environment, or says what stands in the way. */
export const command = defineCommand({
  usage: USAGE,
  options: {
    env: { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
  },
  async act(values) {
    const environments = readEnvironments(values.env, values['dry-run'])
    for (const environment of environments) await deploy(environment, values['dry-run'])
  },
})

/** A dry run without a name looks at all of them. */
function readEnvironments(name: string | undefined, isDryRun: boolean): readonly Environment[] {
  if (name === undefined && isDryRun) return ENVIRONMENTS
  const environment = ENVIRONMENTS.find((known) => known === name)
  if (environment === undefined) throw new CommandFailure(`--env takes ${ENVIRONMENTS.join(' or ')}.\n\n${USAGE}`)
  return [environment]
}

async function deploy(environment: Environment, isDryRun: boolean): Promise<void> {
  console.log(`\n${isDryRun ? 'What a deployment to' : 'A deployment to'} ${environment} takes:`)
  const [ordering, billing] = await Promise.all([
    readTarget('ordering', environment),
    readTarget('billing', environment),
  ])
  const targets = [ordering, billing]
  const access = { ordering: readAccess('ordering'), billing: readAccess('billing') }
  const findings = [
    ...targets.flatMap((target) => judgeTarget(target, access[target.app])),
    ...judgePair(ordering, billing, access),
  ]
  show(findings)
  if (findings.some(({ verdict }) => verdict === 'wrong' || (verdict === 'unset' && !isDryRun))) {
    throw new CommandFailure(`Nothing was deployed: ${isDryRun ? 'what is wrong' : 'what is open'} above comes first.`)
  }
  for (const target of targets) await bundle(target)
  if (isDryRun) return
  await act(targets, access)
}

function readAccess(app: DeployTarget['app']): AccessSettings {
  const { env } = process
  return { teamDomain: env['ACCESS_TEAM_DOMAIN'] ?? '', audience: env[audienceName(app)] ?? '' }
}

const MARKS = { fine: '  ok    ', unset: '  open  ', wrong: '  WRONG ' } as const

function show(findings: readonly Finding[]): void {
  for (const { verdict, what } of findings) console.log(`${MARKS[verdict]}${what}`)
}

/** Bundles the app as a deployment would, so that code which cannot be bundled stops before anything is migrated. */
async function bundle({ app, environment, config, migrations }: DeployTarget): Promise<void> {
  const directory = join(STATE, 'bundles', environment, app)
  await mkdir(directory, { recursive: true })
  const { succeeded, output } = await runDeployingWrangler([
    'deploy',
    '--dry-run',
    '--config',
    config,
    '--env',
    environment,
    '--outdir',
    directory,
  ])
  if (!succeeded) throw new CommandFailure(`${app} cannot be bundled: ${output.trim()}`)
  const size = /Total Upload: (.+)/.exec(output)?.[1] ?? 'bundled'
  console.log(
    `${MARKS.fine}${app}: ${size}; ${count(migrations.length, 'migration')}, the last is ${migrations.at(-1)?.name ?? 'none'}.`,
  )
}

async function act(targets: readonly DeployTarget[], access: Access): Promise<void> {
  const deployer: Deployer = {
    wrangler: runDeployingWrangler,
    fetch: (url, init) => fetch(url, init),
    say: (line) => console.log(`${MARKS.fine}${line}`),
    pauseMs: PAUSE_MS,
  }
  await checkAccount(deployer, targets)
  const before = await findRunningVersions(deployer, targets)
  const wayBack = tellTheWayBack(targets, before)
  try {
    await deployAll(deployer, targets, access)
  } finally {
    if (wayBack.length > 0) console.log(['\nTo go back to what ran before:', ...wayBack].join('\n  '))
  }
}
