import { readdirSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { RELEASE as BILLING } from '../../../workers/billing/release.ts'
import { RELEASE as ORDERING } from '../../../workers/ordering/release.ts'
import type { SyncReport } from '../../../workers/billing/sync/answers.ts'
import { ROOT } from '../../../shared/project/project.ts'
import { placeOrder } from '../../support/orders.ts'
import { startTogether, type Together } from '../../support/together.ts'
import { readBilling, readOrdering } from '../both-sides.ts'
import { applyLast, lastMigrationOf, putBackBeforeLast } from '../../../shared/simulator/older-database.ts'

const PROBLEM = '/problems/database-out-of-date'
const LOST = { ordering: lastMigrationOf('ordering'), billing: lastMigrationOf('billing') } as const

let together: Together
beforeEach(async () => {
  together = await startTogether()
  await placeOrder(together.ordering)
  await together.pull()
})

async function readSync(): Promise<SyncReport> {
  return (await (await together.billing.fetch('/api/sync')).json()) as SyncReport
}

it.each([ORDERING, BILLING])('the release of $app names each of its migrations', ({ app, migrations }) => {
  expect(migrations).toEqual(readdirSync(`${ROOT}/workers/${app}/migrations`).sort())
})

describe.each(['ordering', 'billing'] as const)('a database of %s that was restored to before a migration', (app) => {
  const names = `The database of ${app} is older than its code and lacks ${LOST[app]}`
  const command = `npx wrangler d1 migrations apply DB --remote --config wrangler.${app}.toml`
  beforeEach(() => putBackBeforeLast(together[app], app))

  it('makes /health 503, which names what is missing and the command that applies it', async () => {
    const answer = await together[app].fetch('/health')
    expect(answer.status).toBe(503)
    expect(answer.headers.get('Retry-After')).toBe('60')
    const { type, detail } = (await answer.json()) as { type: string; detail: string }
    expect(type).toBe(PROBLEM)
    expect(detail).toContain(names)
    expect(detail).toContain(command)
  })

  it.each([
    ['/', 'text/html', 'Nothing is lost'],
    [app === 'ordering' ? '/api/orders/1' : '/api/invoices/1', 'application/json', PROBLEM],
  ])('is what %s says, and that nothing is lost', async (path, accepted, saying) => {
    const answer = await together[app].fetch(path, { headers: { Accept: accepted } })
    expect(answer.status).toBe(503)
    const text = (await answer.text()).replaceAll('&quot;', '"')
    expect(text).toContain(names)
    expect(text).toContain(command)
    expect(text).toContain(saying)
  })

  it('fails the pull for that reason and counts against no order; once migrated, all is as it was', async () => {
    const { ordering, billing, pull } = together
    const run = await pull()
    expect(run.outcome).toBe('failed')
    expect(run.error).toContain(names)
    expect(run.error).toContain(command)
    await applyLast(together[app], app)
    await placeOrder(ordering)
    await pull()
    await pull()
    expect((await readSync()).quarantined).toEqual([])
    expect((await together[app].fetch('/health')).status).toBe(200)
    const theirs = await readOrdering(ordering)
    const ours = await readBilling(billing)
    expect(ours.slice(-theirs.length)).toEqual(theirs)
  })
})

it('billing says why ordering cannot work, on the sync page and at the deep link', async () => {
  const { ordering, billing } = together
  await putBackBeforeLast(ordering, 'ordering')
  const run = await together.pull()
  const { lastRun, quarantined } = await readSync()
  expect(lastRun?.error).toBe(run.error)
  expect(quarantined).toEqual([])
  expect(await (await billing.fetch('/sync')).text()).toContain(LOST.ordering)
  const linked = await billing.fetch('/link/new_order/2')
  expect(linked.status).toBe(503)
  expect(await linked.text()).toContain(LOST.ordering)
})

describe('a database that lacks a migration without which every statement still runs', () => {
  it.each(['ordering', 'billing'] as const)('is noticed by the first pull of a new start (%s)', async (app) => {
    const { pull } = together
    const last = LOST[app]
    await together[app].sql('DELETE FROM d1_migrations WHERE name = ?', last)
    await together.restart({})
    const run = await pull()
    expect(run).toMatchObject({ outcome: 'failed', pages: 0 })
    expect(run.error).toContain(`The database of ${app} is older than its code and lacks ${last}`)
    await together[app].sql('INSERT INTO d1_migrations (name) VALUES (?)', last)
    expect(await pull()).toMatchObject({ outcome: 'ok' })
  })
})

it('a database that was never migrated lacks everything', async () => {
  await together.ordering.sql('DROP TABLE d1_migrations')
  const { detail } = (await (await together.ordering.fetch('/health')).json()) as { detail: string }
  expect(detail).toContain(ORDERING.migrations.join(', '))
})

it('a database that is newer than the code is well: it is migrated before the code that needs it', async () => {
  for (const app of [together.ordering, together.billing]) {
    await app.sql(`INSERT INTO d1_migrations (name) VALUES ('9999_of_a_later_release.sql')`)
    expect(await (await app.fetch('/health')).json()).toEqual({ status: 'ok' })
  }
  expect(await together.pull()).toMatchObject({ outcome: 'ok' })
})
