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

/** Each right in the words that people read, with the roles that have it. */
export function describeRights<Right extends string>(
  rights: Readonly<Record<Right, readonly Role[]>>,
  titles: Readonly<Record<Right, string>>,
): { title: string; roles: readonly Role[] }[] {
  return (Object.keys(titles) as Right[]).map((right) => ({ title: titles[right], roles: rights[right] }))
}

function ruleOf(route: string, rules: Rules): Rule | undefined {
  return Object.hasOwn(rules, route) ? rules[route] : undefined
}
