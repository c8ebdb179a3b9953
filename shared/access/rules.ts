import type { Context } from 'hono'
import { matchedRoutes } from 'hono/route'
import { err, ok, type Result } from '../result.ts'
import type { Role } from './roles.ts'

/** Who may use a route: whoever has one of the roles, anyone whom Access vouches for, or the public. */
export type Rule = readonly Role[] | 'anyone' | 'public'
/** Each route, as `GET /orders/:number`, with its rule. */
export type Rules = Readonly<Record<string, Rule>>

/** Why a route may not be used: by these roles only, or by nobody, since no rule stands for it. */
export type RuleRefusal = { reason: 'role_missing'; roles: readonly Role[] } | { reason: 'no_rule'; route: string }

/** The routes that may answer the request, as the rules name them; none where it will be 404 or 405. */
export function routesOf(c: Context): string[] {
  // Middleware is registered for every method and path; whatever else is there is taken for something that answers.
  const answering = matchedRoutes(c).filter(({ method, path }) => !(method === 'ALL' && path === '/*'))
  return [...new Set(answering.map(({ method, path }) => `${method} ${path}`))]
}

/** Whether everybody may use these routes, whoever they are. */
export function arePublic(routes: readonly string[], rules: Rules): boolean {
  return routes.length > 0 && routes.every((route) => ruleOf(route, rules) === 'public')
}

/** Whether somebody with the roles may use each of the routes: which one of them answers is known only afterwards. */
export function judgeRoutes(
  routes: readonly string[],
  rules: Rules,
  roles: readonly Role[],
): Result<null, RuleRefusal> {
  for (const route of routes) {
    const rule = ruleOf(route, rules)
    if (rule === undefined) return err({ reason: 'no_rule', route })
    if (!maySee(rule, roles)) return err({ reason: 'role_missing', roles: rule as readonly Role[] })
  }
  return ok(null)
}

/** Whether the rule lets somebody with the roles through. */
export function maySee(rule: Rule, roles: readonly Role[]): boolean {
  return typeof rule === 'string' || rule.some((role) => roles.includes(role))
}

/** A right in the words that people read, with the roles that have it. */
export type DescribedRight = { title: string; roles: readonly Role[] }

/** What an app makes of its rights: the question whether somebody has one, and all of them as people read them. */
export function defineRights<Right extends string>(
  rights: Readonly<Record<Right, readonly Role[]>>,
  titles: Readonly<Record<Right, string>>,
): { may: (right: Right, roles: readonly Role[]) => boolean; described: readonly DescribedRight[] } {
  return {
    may: (right, roles) => maySee(rights[right], roles),
    described: (Object.keys(titles) as Right[]).map((right) => ({ title: titles[right], roles: rights[right] })),
  }
}

/** The routes that each app has of its own accord: how it is, who one is, what a problem means, its API's document. */
export const COMMON_RULES: Rules = {
  'GET /health': 'public',
  'GET /me': 'anyone',
  'GET /problems/:name': 'anyone',
  'GET /api': 'anyone',
  'GET /api/openapi.json': 'anyone',
}

function ruleOf(route: string, rules: Rules): Rule | undefined {
  return Object.hasOwn(rules, route) ? rules[route] : undefined
}
