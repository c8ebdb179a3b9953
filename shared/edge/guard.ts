import type { Context, MiddlewareHandler } from 'hono'
import { arePublic, judgeRoutes, type RuleRefusal, type Rules, routesOf } from '../access/rules.ts'
import type { TokenSettings } from '../access/token.ts'
import type { EdgeEnv } from './context.ts'
import { findPrincipal, type IdentityRefusal } from '../access/identity.ts'
import { parseGrants, rolesOf } from '../access/roles.ts'

/** `roles` is the var ROLES, as it stands there. */
export type AccessSettings = TokenSettings & { roles: unknown }

/** Why a request was not let in. */
export type RefusedEntry = IdentityRefusal | RuleRefusal | { reason: 'roles_unreadable'; detail: string }

/**
 * Lets in whom Cloudflare Access vouches for, to the routes that their roles open; `refuse` answers all others. What
 * cannot be read or judged opens nothing.
 */
export function guard(
  { roles, ...settings }: AccessSettings,
  rules: Rules,
  refuse: (c: Context<EdgeEnv>, refused: RefusedEntry) => Response | Promise<Response>,
): MiddlewareHandler<EdgeEnv> {
  const grants = parseGrants(roles)
  return async (c, next) => {
    const routes = routesOf(c)
    if (arePublic(routes, rules)) return next()
    const found = await findPrincipal((c.executionCtx as ExecutionContext).access, c.req.raw, settings)
    if (!found.ok) {
      if (found.error.reason === 'keys_unavailable') c.var.log.error('identity.unavailable', found.error)
      return refuse(c, found.error)
    }
    if (!grants.ok) {
      c.var.log.error('roles.unreadable', { detail: grants.error })
      return refuse(c, { reason: 'roles_unreadable', detail: grants.error })
    }
    const principal = found.value
    const user = {
      email: principal.kind === 'person' ? principal.email : principal.clientId,
      roles: rolesOf(principal, grants.value),
    }
    c.set('user', user)
    const judged = judgeRoutes(routes, rules, user.roles)
    return judged.ok ? next() : refuse(c, judged.error)
  }
}
