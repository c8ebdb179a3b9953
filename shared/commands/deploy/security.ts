import { dateFormat } from '../../text/formats.ts'
import { LEVELS } from '../../edge/log.ts'
import { parseGrants, type Role } from '../../access/roles.ts'
import { isUnreadable, parseFourEyes } from '../../../workers/billing/documents/four-eyes.ts'
import type { DeployTarget } from './target.ts'

/** How the Access application of an app is named in the environment of the command. */
export type AccessSettings = { teamDomain: string; audience: string }

/** What nobody may have just for being signed in: these change orders of others, money, or what a partner reads. */
const NAMED_ROLES: ReadonlySet<Role> = new Set(['manager', 'accountant', 'operator', 'auditor', 'feed'])
const TEAM_DOMAIN = /^[a-z0-9-]+\.cloudflareaccess\.com$/i

/** What of an app's settings would leave a door open in a deployment, each in a sentence; none if nothing would. */
export function judgeSecurity(target: DeployTarget, access: AccessSettings): string[] {
  const { worker, database, localWorker, localDatabase, vars } = target
  return [
    ...judgeRoles(vars['ROLES']),
    ...judgeFourEyes(vars['FOUR_EYES']),
    ...judgeDomains(target),
    ...(worker === localWorker
      ? [`has the name of the local Worker, ${worker}: a deploy without --env would replace it`]
      : []),
    ...(database === localDatabase ? [`has the name of the local database, ${database}`] : []),
    ...judgeLogLevel(vars['LOG_LEVEL']),
    ...judgeZone(vars['TIME_ZONE']),
    ...(access.teamDomain === '' || TEAM_DOMAIN.test(access.teamDomain)
      ? []
      : [`is given ${access.teamDomain} as ACCESS_TEAM_DOMAIN, which is a name such as team.cloudflareaccess.com`]),
  ]
}

function judgeRoles(value: unknown): string[] {
  const grants = parseGrants(value)
  if (!grants.ok) return [`has ROLES that cannot be read, so that nobody would have a role: ${grants.error}`]
  const everyone = (grants.value.get('everyone') ?? []).filter((role) => NAMED_ROLES.has(role))
  return everyone.length === 0 ? [] : [`gives everyone the role ${everyone.join(', ')}: name who has it`]
}

function judgeFourEyes(value: unknown): string[] {
  return isUnreadable(parseFourEyes(value))
    ? ['has FOUR_EYES that cannot be read: give whole minor units by currency, such as EUR = 100000, or others = 0']
    : []
}

/** An address beside the app's own has no Access application in front of it. */
function judgeDomains({ workersDev, previewUrls }: DeployTarget): string[] {
  return [
    ...(workersDev === false ? [] : ['does not say workers_dev = false: it would answer past Access at workers.dev']),
    ...(previewUrls === false ? [] : ['does not say preview_urls = false: each version would answer past Access']),
  ]
}

function judgeLogLevel(level: unknown): string[] {
  if (level === undefined) return []
  if (level === 'trace') return ['has LOG_LEVEL trace, at which customers’ data is logged']
  return LEVELS.some((known) => known === level)
    ? []
    : [`has LOG_LEVEL ${JSON.stringify(level)}, which is none of ${LEVELS.join(', ')}`]
}

function judgeZone(zone: unknown): string[] {
  if (typeof zone !== 'string') return []
  try {
    dateFormat('en', { timeZone: zone })
    return []
  } catch {
    return [`has TIME_ZONE ${zone}, which is no name of a time zone such as Europe/Berlin`]
  }
}
