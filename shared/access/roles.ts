import * as z from '../zod.ts'
import { err, ok, type Result } from '../result.ts'
import { parseJson } from '../text/json.ts'

/** What people do here, and what a partner's program does. Whoever has several roles may do what any of them may. */
export const ROLES = ['clerk', 'manager', 'accountant', 'operator', 'auditor', 'feed'] as const
export type Role = (typeof ROLES)[number]

/** The roles in the words that people read. */
export const ROLE_TITLES: Record<Role, string> = {
  clerk: 'Clerk',
  manager: 'Ordering manager',
  accountant: 'Accountant',
  operator: 'Operator',
  auditor: 'Auditor',
  feed: 'Reader of the feed',
}

/**
 * A group as the identity provider knows it. Its id is the provider's; its name may be chosen by whoever makes a group,
 * so the two are never taken for one another.
 */
export type Group = { id: string | undefined; name: string | undefined }
/** Whom Cloudflare Access vouches for: a person with their groups, or a program that has a service token. */
export type Principal =
  | { kind: 'person'; email: string; groups: readonly Group[] }
  | { kind: 'token'; clientId: string }

/** The roles that each subject has: `email:…`, `group-id:…`, `group-name:…`, `token:…` or `everyone`. */
export type Grants = ReadonlyMap<string, readonly Role[]>

const SUBJECT = /^(?:email:[^\s@]+@[^\s@]+|group-id:.+|group-name:.+|token:.+|everyone)$/

const grantsInput = z.record(
  z.string().check(z.regex(SUBJECT, 'Must be email:…, group-id:…, group-name:…, token:… or everyone')),
  z.array(z.enum(ROLES, `Must be one of ${ROLES.join(', ')}`)),
)

/** Reads the var ROLES: a table of the configuration file, or the same as JSON. Refused whole, with a sentence why. */
export function parseGrants(value: unknown): Result<Grants, string> {
  const document = typeof value === 'string' ? parseJson(value) : value
  const parsed = grantsInput.safeParse(document)
  if (!parsed.success) return err(z.prettifyError(parsed.error))
  return ok(new Map(Object.entries(parsed.data).map(([subject, roles]) => [fold(subject), roles])))
}

/** The roles that the grants give, in the order of ROLES. The case of ASCII's letters does not count. */
export function rolesOf(principal: Principal, grants: Grants): Role[] {
  const given = new Set(subjectsOf(principal).flatMap((subject) => grants.get(fold(subject)) ?? []))
  return ROLES.filter((role) => given.has(role))
}

function subjectsOf(principal: Principal): string[] {
  // A program is not everyone: it gets what its own token was given.
  if (principal.kind === 'token') return [`token:${principal.clientId}`]
  const groups = principal.groups.flatMap(({ id, name }) => [
    ...(id === undefined ? [] : [`group-id:${id}`]),
    ...(name === undefined ? [] : [`group-name:${name}`]),
  ])
  return ['everyone', `email:${principal.email}`, ...groups]
}

/** ASCII's letters alone: by Unicode's rules KELVIN SIGN is a k, and a look-alike would have another's roles. */
function fold(subject: string): string {
  return subject.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
}
