import { describe, expect, it } from 'vitest'
import { maySee, type Rule } from '../../../shared/access/rules.ts'
import { ROLES, type Role } from '../../../shared/access/roles.ts'
import { RULES as BILLING_RULES } from '../../../workers/billing/edge/rights.ts'
import { RULES as ORDERING_RULES } from '../../../workers/ordering/edge/rights.ts'
import { anOrder, placeOrder } from '../../support/orders.ts'
import type { Answer, RunningWorker } from '../../../shared/simulator/running-worker.ts'
import { startTogether, type Together } from '../../support/together.ts'
import { insertManyBySql } from '../../together/sql-orders.ts'

const RULES = { ordering: ORDERING_RULES, billing: BILLING_RULES }
const APPS = ['ordering', 'billing'] as const

/**
 * The routes that a rule's key stands for, without the patterns of their parameters:
 * `GET /invoices/:id/:decision{approve|reject}` is two, `GET /orders/:number{[1-9][0-9]*}` is `GET /orders/:number`.
 */
function routesOf(key: string): string[] {
  const {
    before = '',
    choices = '',
    after = '',
  } = /^(?<before>.*):\w+\{(?<choices>\w+(?:\|\w+)+)\}(?<after>.*)$/.exec(key)?.groups ?? {}
  if (choices !== '') return choices.split('|').flatMap((choice) => routesOf(`${before}${choice}${after}`))
  return [key.replaceAll(/(?<name>:\w+)\{[^}]*\}/g, '$<name>')]
}

/** A route with a number that no order has in place of each parameter. */
function fill(path: string): string {
  return path.replace(/:name/, 'stale').replaceAll(/:\w+/g, '999999')
}

function listRules(app: keyof typeof RULES): { route: string; rule: Rule }[] {
  return Object.entries<Rule>(RULES[app]).flatMap(([key, rule]) => routesOf(key).map((route) => ({ route, rule })))
}

/** Asks as the app's own page or a program would, with nothing in it. */
function ask(app: RunningWorker, route: string): Promise<Answer> {
  const [method = '', path = ''] = route.split(' ')
  const headers = { Accept: 'application/json', Origin: app.origin }
  if (method === 'GET') return app.fetch(fill(path), { headers })
  const type = path.endsWith('/import')
    ? 'application/x-ndjson'
    : path.startsWith('/api/')
      ? 'application/json'
      : 'application/x-www-form-urlencoded'
  return app.fetch(fill(path), { method, headers: { ...headers, 'Content-Type': type }, body: '' })
}

async function isRefused(answer: Answer): Promise<boolean> {
  if (answer.status !== 403) return false
  const { type } = (await answer.json()) as { type: string }
  return type === '/problems/not-allowed'
}

/** What an act of anybody would change. */
async function readTraces({ ordering, billing }: Together): Promise<unknown> {
  const queries = ['SELECT count(*) AS audited FROM audit', 'SELECT max(number) AS number FROM orders']
  const [one, other] = await Promise.all(
    [ordering, billing].map((app) => Promise.all(queries.map((query) => app.sql(query)))),
  )
  return [
    one,
    other,
    await billing.sql('SELECT count(*) AS runs, (SELECT token FROM order_pull) AS token FROM pull_runs'),
  ]
}

describe.each<Role | 'nothing'>([...ROLES, 'nothing'])('whoever has the role %s', (role) => {
  const roles: Role[] = role === 'nothing' ? [] : [role]
  const granted = JSON.stringify({ 'email:you@example.com': roles })

  it('is let in to each route that the rules open to it, refused on all others, and changes nothing there', async () => {
    const together = await startTogether({ ordering: { ROLES: granted }, billing: { ROLES: granted } })
    const before = await readTraces(together)
    const routes = APPS.flatMap((app) => listRules(app).map(({ route, rule }) => ({ app, route, rule })))
    const refused = routes.filter(({ rule }) => !maySee(rule, roles))
    for (const { app, route } of refused) {
      expect([app, route, await isRefused(await ask(together[app], route))]).toEqual([app, route, true])
    }
    expect(await readTraces(together)).toEqual(before)
    for (const { app, route, rule } of routes.filter(({ rule }) => maySee(rule, roles))) {
      expect([app, route, rule, await isRefused(await ask(together[app], route))]).toEqual([app, route, rule, false])
    }
  })
})

/** The rules as people read them: a row for each route, a column for each role. */
function drawTable(app: keyof typeof RULES): string {
  const rows = listRules(app).map(({ route, rule }) => [`\`${route}\``, ...ROLES.map(cellOf(rule))])
  const table = [['Route', ...ROLES], ['---', ...ROLES.map(() => '---')], ...rows]
  return [
    `## ${app === 'ordering' ? 'Ordering' : 'Billing'}`,
    '',
    ...table.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n')
}

function cellOf(rule: Rule) {
  return (role: Role) => (rule === 'public' ? 'public' : rule === 'anyone' || rule.includes(role) ? 'yes' : '–')
}

it('shared/docs/roles.md says of each route and role what the rules say', async () => {
  const document = `# Who may use which route\n\n${HEAD}\n\n${APPS.map(drawTable).join('\n\n')}\n`
  await expect(document).toMatchFileSnapshot('../../../shared/docs/roles.md')
})

const HEAD = `The rules are in \`workers/ordering/edge/rights.ts\` and \`workers/billing/edge/rights.ts\`; one middleware holds each
request against them. A route that is not there is refused. \`public\` needs no identity. A clerk deletes only drafts that
they entered themselves. This page is written by \`npm test -- -u test/security/access/roles.test.ts\`, and checked
against the rules by the same test.`

describe('a clerk', () => {
  const clerk = { ordering: { ROLES: '{"email:you@example.com": ["clerk"]}' } }

  it('deletes a draft of their own, and no confirmed order nor one that somebody else entered', async () => {
    const { ordering } = await startTogether(clerk)
    const draft = await ordering.send('POST', '/api/orders', anOrder())
    expect(draft.status).toBe(201)
    expect((await ordering.send('DELETE', '/api/orders/1')).status).toBe(204)
    expect((await ordering.send('DELETE', '/api/orders/1')).status).toBe(204)
    const { number } = await placeOrder(ordering)
    const confirmed = await ordering.send('DELETE', `/api/orders/${number}`)
    expect(confirmed.status).toBe(403)
    expect(await confirmed.json()).toMatchObject({ type: '/problems/not-own-draft' })
    await ordering.send('POST', '/api/orders', anOrder())
    await ordering.sql(`UPDATE orders SET entered_by = 'ana@example.com' WHERE number = 3`)
    expect((await ordering.submit('/orders/3/delete')).status).toBe(403)
    expect(await ordering.sql('SELECT number, state FROM orders')).toEqual([
      { number: 1, state: 'Deleted' },
      { number: 2, state: 'Confirmed' },
      { number: 3, state: 'Draft' },
    ])
  })

  it('finds the button Delete order on their own draft alone', async () => {
    const { ordering } = await startTogether(clerk)
    await ordering.send('POST', '/api/orders', anOrder())
    expect(await (await ordering.fetch('/orders/1')).text()).toContain('Delete order')
    await ordering.send('POST', '/api/orders/1/confirm')
    expect(await (await ordering.fetch('/orders/1')).text()).not.toContain('Delete order')
  })
})

describe('a button that one may not use is not there', () => {
  const auditor = '{"email:you@example.com": ["auditor"]}'

  it('for who only reads', async () => {
    const together = await startTogether({ ordering: { ROLES: auditor }, billing: { ROLES: auditor } })
    const { ordering, billing } = together
    await insertManyBySql(ordering, { from: 1, to: 2, draftEach: 2 })
    await together.cron()
    for (const [app, path] of [
      [ordering, '/orders'],
      [ordering, '/orders/1'],
      [ordering, '/orders/2'],
      [billing, '/invoices/1'],
      [billing, '/sync'],
    ] as const) {
      const page = await (await app.fetch(path)).text()
      expect([path, /<form[^>]*method="post"|New order|Amend|Duplicate/.exec(page)?.[0]]).toEqual([path, undefined])
    }
  })

  it('but there for who may use it', async () => {
    const together = await startTogether()
    const { ordering, billing } = together
    await insertManyBySql(ordering, { from: 1, to: 2, draftEach: 2 })
    await together.cron()
    expect(await (await ordering.fetch('/orders/2')).text()).toContain('Confirm order')
    expect(await (await billing.fetch('/invoices/1')).text()).toContain('Approve invoice')
    expect(await (await billing.fetch('/sync')).text()).toContain('Run now')
  })
})

describe('GET /me', () => {
  it('shows who one is, one’s roles, and what they allow', async () => {
    const { ordering, billing } = await startTogether({ billing: { ROLES: '{}' } })
    const all = await (await ordering.fetch('/me')).text()
    expect(all).toContain('you@example.com')
    expect(all).toContain('Clerk, Ordering manager, Accountant, Operator, Auditor, Reader of the feed')
    expect(all).not.toContain('>No<')
    expect(await (await ordering.fetch('/orders')).text()).toContain('href="/me"')
    const none = await (await billing.fetch('/me')).text()
    expect(none).toContain('You have no role here')
    expect(none).not.toContain('>Yes<')
  })
})
