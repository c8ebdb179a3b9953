import type { DeployTarget } from './target.ts'
import { judgeMigration } from './migrations.ts'
import { type AccessSettings, judgeSecurity } from './security.ts'

/** Something that was looked at. `unset`: it has still to be filled in before a deployment, and not for a dry run. */
export type Finding = { verdict: 'fine' | 'unset' | 'wrong'; what: string }

/** What can be said of an app's settings without asking anybody. */
export function judgeTarget(target: DeployTarget, access: AccessSettings): Finding[] {
  const { config, environment, origin, vars, localVars } = target
  const section = `${config}, env.${environment}`
  const missing = Object.keys(localVars).filter((name) => !Object.hasOwn(vars, name))
  const unknown = Object.keys(vars).filter((name) => !Object.hasOwn(localVars, name))
  const examples = Object.entries({ routes: origin, ...vars }).filter(([, value]) => isExample(value))
  return [
    ...missing.map((name) => wrong(`${section} lacks the var ${name}.`)),
    ...unknown.map((name) => wrong(`${section} has the var ${name}, which the app does not know.`)),
    ...examples.map(([name]) => unset(`${section} has still its example in ${name}.`)),
    judgeAccess(target, access),
    ...judgeSecurity(target, access).map((what) => wrong(`${section} ${what}.`)),
    ...target.migrations.flatMap((migration) => judgeMigration(migration).map(wrong)),
  ]
}

/** What can be said of both apps together. */
export function judgePair(
  ordering: DeployTarget,
  billing: DeployTarget,
  access: Record<DeployTarget['app'], AccessSettings>,
): Finding[] {
  const { audience } = access.ordering
  const shared = audience !== '' && audience === access.billing.audience
  return [
    ...(shared ? [wrong('Both apps are given one audience: whoever may open one would be let into the other.')] : []),
    meets(ordering, 'ORIGIN', ordering.origin),
    meets(billing, 'ORIGIN', billing.origin),
    meets(ordering, 'BILLING_ORIGIN', billing.origin),
    meets(billing, 'ORDERING_ORIGIN', ordering.origin),
    judgeZones(ordering.vars['TIME_ZONE'], billing.vars['TIME_ZONE']),
  ]
}

/** Both apps must tell days in one time zone: an order would be placed on two. */
export function judgeZones(ordering: unknown, billing: unknown): Finding {
  if (ordering === billing) return { verdict: 'fine', what: `Both apps tell days in ${String(ordering)}.` }
  return wrong(`TIME_ZONE is ${String(ordering)} in ordering and ${String(billing)} in billing; one zone tells days.`)
}

function meets({ config, environment, vars }: DeployTarget, name: string, origin: string): Finding {
  if (vars[name] === origin) return { verdict: 'fine', what: `${name} of ${config} leads to ${origin}.` }
  return wrong(`${config}, env.${environment}: ${name} is ${String(vars[name])}, and that app is at ${origin}.`)
}

function judgeAccess({ app }: DeployTarget, { teamDomain, audience }: AccessSettings): Finding {
  if (teamDomain === '' || audience === '') {
    return unset(`ACCESS_TEAM_DOMAIN and ${audienceName(app)} are not in the environment: nobody could sign in.`)
  }
  return { verdict: 'fine', what: `The Access application of ${app} is named.` }
}

/** The variable of the command's environment that holds the audience tag of the app's Access application. */
export function audienceName(app: DeployTarget['app']): string {
  return `${app.toUpperCase()}_ACCESS_AUD`
}

function isExample(value: unknown): boolean {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return /\bexample\.com\b|^DE0{9}$|^IBAN DE00|group-id:0{8}-/.test(text)
}

function wrong(what: string): Finding {
  return { verdict: 'wrong', what }
}

function unset(what: string): Finding {
  return { verdict: 'unset', what }
}
