import { setTimeout as wait } from 'node:timers/promises'
import { audienceName } from './checks.ts'
import type { AccessSettings } from './security.ts'
import { DEPLOYED, type DeployTarget } from './target.ts'
import { CommandFailure } from '../support/command.ts'
import { describeDamage, findDamage, SELECT_SCHEMA, toSchema } from '../support/schema.ts'
import { readPrinted, type WranglerRun } from '../support/wrangler.ts'

/** Runs wrangler with these arguments. */
export type Wrangler = (args: readonly string[]) => Promise<WranglerRun>

/** What a deployment asks of the world. */
export type Deployer = {
  wrangler: Wrangler
  fetch: (url: string, init: { redirect: 'manual'; signal: AbortSignal }) => Promise<Pick<Response, 'status' | 'text'>>
  say: (line: string) => void
  pauseMs: number
}

const HEALTH_TRIES = 12
const ANSWER_WITHIN_MS = 10_000

/** Refuses what would fail halfway: nobody is signed in at Cloudflare, or a database is not there. */
export async function checkAccount({ wrangler, say }: Deployer, targets: readonly DeployTarget[]): Promise<void> {
  const who = await wrangler(['whoami', '--json'])
  if (!who.succeeded) {
    throw new CommandFailure('Nobody is signed in at Cloudflare: run npx wrangler login, or set CLOUDFLARE_API_TOKEN.')
  }
  const listed = await wrangler(['d1', 'list', '--json'])
  if (!listed.succeeded) throw new CommandFailure(`The account’s databases cannot be listed: ${listed.output.trim()}`)
  const databases = new Set((readPrinted(listed) as { name: string }[]).map(({ name }) => name))
  for (const { database } of targets) {
    if (!databases.has(database)) {
      throw new CommandFailure(`The account has no database ${database}: run npx wrangler d1 create ${database}.`)
    }
    say(`The database ${database} is there.`)
  }
}

/** The version of each Worker that runs now, by its name; none before its first deployment. */
export async function findRunningVersions(
  { wrangler }: Deployer,
  targets: readonly DeployTarget[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const { worker } of targets) {
    const status = await wrangler(['deployments', 'status', '--json', '--name', worker])
    if (!status.succeeded) continue
    const { versions = [] } = readPrinted(status) as { versions?: { version_id: string }[] }
    const [version] = versions
    if (version !== undefined) found.set(worker, version.version_id)
  }
  return found
}

/**
 * Deploys both apps, ordering first: a newer billing may ask what only a newer ordering answers. Each is migrated before
 * its code, since the release before lives with what a migration adds; its database must then be as its migrations make
 * it. Throws at the first step that fails, and the rest remains as it was.
 */
export async function deployAll(
  deployer: Deployer,
  targets: readonly DeployTarget[],
  access: Record<DeployTarget['app'], AccessSettings>,
): Promise<void> {
  for (const app of DEPLOYED) {
    const target = targets.find((candidate) => candidate.app === app)
    if (target === undefined) continue
    await deployOne(deployer, target, access[app])
    await waitUntilWell(deployer, target)
    await checkThatAccessStandsInFront(deployer, target)
  }
}

async function deployOne(
  { wrangler, say }: Deployer,
  { app, worker, config, environment }: DeployTarget,
  { teamDomain, audience }: AccessSettings,
): Promise<void> {
  const where = ['--config', config, '--env', environment]
  say(`${worker}: migrating its database`)
  await must(wrangler, ['d1', 'migrations', 'apply', 'DB', '--remote', ...where], `${worker} was not migrated`)
  const asked = ['d1', 'execute', 'DB', '--remote', '--json', '--command', SELECT_SCHEMA, ...where]
  const schema = readPrinted(await must(wrangler, asked, `The database of ${worker} cannot be read`))
  const [{ results }] = schema as [{ results: { name: string; sql: string }[] }]
  const damage = findDamage(app, toSchema(results))
  if (damage.length > 0) throw new CommandFailure(describeDamage(worker, damage))
  say(`${worker}: deploying`)
  const vars = ['--var', `ACCESS_TEAM_DOMAIN:${teamDomain}`, '--var', `ACCESS_AUD:${audience}`]
  await must(wrangler, ['deploy', ...where, ...vars], `${worker} was not deployed`)
}

async function must(wrangler: Wrangler, args: readonly string[], failure: string): Promise<WranglerRun> {
  const run = await wrangler(args)
  if (!run.succeeded) throw new CommandFailure(`${failure}: ${run.output.trim()}`)
  return run
}

async function waitUntilWell({ fetch, say, pauseMs }: Deployer, { worker, origin }: DeployTarget): Promise<void> {
  let seen = 'no answer'
  for (let attempt = 1; attempt <= HEALTH_TRIES; attempt += 1) {
    seen = await ask(fetch, `${origin}/health`)
    if (seen.startsWith('200')) {
      say(`${worker}: ${seen}`)
      return
    }
    await wait(pauseMs)
  }
  throw new CommandFailure(
    `${worker} was deployed, but ${origin}/health says: ${seen}. 302 or 403 there: Access lacks a policy for /health.`,
  )
}

/** A page must not be answered to somebody whom nobody vouches for. */
async function checkThatAccessStandsInFront(
  { fetch, say }: Deployer,
  { worker, app, origin }: DeployTarget,
): Promise<void> {
  const seen = await ask(fetch, `${origin}/`)
  if (/^(?:302|401|403)/.test(seen)) {
    say(`${worker}: strangers are not let in`)
    return
  }
  const hint = `Put an Access application in front of ${origin}, and its audience tag into ${audienceName(app)}`
  throw new CommandFailure(`${worker} answers a stranger ${seen.slice(0, 3)}. ${hint}.`)
}

/** The status and the beginning of the answer; why there is none, if there is none. */
async function ask(fetch: Deployer['fetch'], url: string): Promise<string> {
  try {
    const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })
    return `${answer.status} ${(await answer.text()).slice(0, 300)}`.trim()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** How the code goes back to what ran before; the databases stay, since what was added to them does no harm. */
export function tellTheWayBack(targets: readonly DeployTarget[], before: ReadonlyMap<string, string>): string[] {
  // Billing first: it must not ask for what the older ordering does not answer.
  return targets.toReversed().flatMap(({ worker }) => {
    const version = before.get(worker)
    return version === undefined ? [] : [`npx wrangler rollback ${version} --name ${worker}`]
  })
}
