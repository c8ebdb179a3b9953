import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { examineApps, judgeSync, type Sync } from '../../shared/commands/doctor/apps.ts'
import { examineState } from '../../shared/commands/doctor/state.ts'
import { compareSchema, schemaAfter } from '../../shared/commands/support/schema.ts'
import { listen } from '../support/listen.ts'
import { placeOrder } from '../support/orders.ts'
import { startTogether } from '../support/together.ts'

const WELL: Sync = {
  token: 'e.1',
  lastSuccessAt: '2026-03-02T09:30:00.000Z',
  lagSeconds: 12,
  agreedUpTo: 1,
  agreedAt: '2026-03-02T09:30:00.000Z',
  repair: null,
  orphaned: [],
  quarantined: [],
  behind: 0,
  waiting: 0,
  health: [],
  lastRun: { outcome: 'ok', error: null },
}

function empty(app: 'ordering' | 'billing'): DatabaseSync {
  const database = new DatabaseSync(':memory:')
  const directory = join(import.meta.dirname, '../../workers', app, 'migrations')
  database.exec('CREATE TABLE d1_migrations (name TEXT)')
  for (const file of readdirSync(directory).sort()) {
    database.exec(readFileSync(join(directory, file), 'utf8'))
    database.prepare('INSERT INTO d1_migrations VALUES (?)').run(file)
  }
  return database
}

const confirmedOrder = (number: number) => `
  INSERT INTO orders (number, state, placed_at, confirmed_at, updated_at, updated_by, currency, customer,
    customer_name_folded, fingerprint)
  VALUES (${number}, 'Confirmed', '2026-01-01', '2026-01-01', '2026-01-01', 'a', 'EUR', '{}', '', ${number});
  UPDATE feed SET numbering = 1;
  UPDATE orders SET confirmed_sequence_nr = ${number} WHERE number = ${number};
  UPDATE feed SET highest = ${number}, numbering = 0;`

function said(found: { verdict: string; what: string }[], verdict: string): string[] {
  return found.filter((diagnosis) => diagnosis.verdict === verdict).map(({ what }) => what)
}

describe('the doctor, looking into the databases', () => {
  it('finds nothing wrong in what the migrations make', () => {
    const found = examineState(empty('ordering'), empty('billing'))
    expect(said(found, 'wrong')).toEqual([])
    expect(said(found, 'look')).toEqual(['Billing has read nothing yet.'])
  })

  it('names a trigger that is gone, and the orders in which both sides differ', () => {
    const [ordering, billing] = [empty('ordering'), empty('billing')]
    ordering.exec(confirmedOrder(1) + confirmedOrder(2))
    ordering.exec('DROP TRIGGER orders_are_kept')
    billing.exec(
      `UPDATE order_pull SET token = '${ordering.prepare('SELECT epoch FROM feed').get()?.['epoch'] as string}.2'`,
    )
    billing.exec(`INSERT INTO orders (number, revision, epoch, deleted, record, source, fetched_at, fingerprint)
      VALUES (2, 1, 'e', 0, '{}', 'pull', '2026-01-01', 99)`)
    expect(said(examineState(ordering, billing), 'wrong')).toEqual([
      'ordering: The trigger orders_are_kept is missing.',
      'Both sides differ in the orders 1, 2.',
    ])
  })
})

describe('the doctor, where a table lacks what its migrations make', () => {
  it('names the column, also one that a later migration has added, and the CHECK', () => {
    const made = ['CREATE TABLE t (a TEXT, CONSTRAINT short CHECK (a < 9))', 'ALTER TABLE t ADD COLUMN b TEXT']
    const whole = schemaAfter(made)
    expect(compareSchema([...whole.values()], whole)).toEqual([])
    expect(compareSchema([...whole.values()], schemaAfter(['CREATE TABLE t (a TEXT)']))).toEqual([
      'The table t lacks b, CONSTRAINT short CHECK (a < 9)',
    ])
  })
})

describe('the doctor, where a table was made anew and renamed', () => {
  it('names what it lacks of that, too', () => {
    const made = ['CREATE TABLE t2 (a TEXT CHECK (a < 9), b TEXT)', 'ALTER TABLE t2 RENAME TO t']
    expect(compareSchema([...schemaAfter(made).values()], schemaAfter(['CREATE TABLE t (a TEXT)']))).toEqual([
      'The table t lacks b, CHECK (a < 9)',
    ])
  })
})

describe('the doctor, where a database is older than the release', () => {
  it('names what is missing in either database, and how it comes', () => {
    const [ordering, billing] = [empty('ordering'), empty('billing')]
    ordering.exec('DELETE FROM d1_migrations; DROP TRIGGER orders_are_kept')
    const [found, ...others] = examineState(ordering, billing)
    expect(found).toMatchObject({
      verdict: 'wrong',
      next: 'npm start applies what is missing. Nothing is lost.',
    })
    expect(found?.what).toMatch(/^The database of ordering is older .* lacks 0001_orders\.sql/)
    expect(others).toEqual([])
  })

  it('says of a deployment which command an operator has to run', async () => {
    const { ordering, billing } = await startTogether()
    await ordering.sql('DELETE FROM d1_migrations')
    const listeners = await Promise.all([listen(ordering), listen(billing)])
    const [one = '', other = ''] = listeners.map(({ port }) => `http://localhost:${port}`)
    const found = await examineApps({ ordering: one, billing: other })
    await Promise.all(listeners.map(({ close }) => close()))
    expect(found[0]).toMatchObject({ verdict: 'wrong', next: 'Run that command. Nothing is lost.' })
    expect(found[0]?.what).toContain('npx wrangler d1 migrations apply DB --remote --config wrangler.ordering.toml')
  })
})

describe('the doctor, asking the apps', () => {
  it('says that both are well, and how far both sides agree', async () => {
    const { ordering, billing, pull } = await startTogether()
    await placeOrder(ordering)
    await pull()
    const listeners = await Promise.all([listen(ordering), listen(billing)])
    const [one = '', other = ''] = listeners.map(({ port }) => `http://localhost:${port}`)
    const found = await examineApps({ ordering: one, billing: other })
    await Promise.all(listeners.map(({ close }) => close()))
    expect(said(found, 'wrong')).toEqual([])
    expect(said(found, 'fine').slice(0, 2)).toEqual(['Ordering is well.', 'Billing is well.'])
    expect(said(found, 'fine').at(-1)).toMatch(/^Both sides agree up to number 1 in the feed/)
  })

  it('says which app does not answer', async () => {
    const nowhere = 'http://localhost:18342'
    const found = await examineApps({ ordering: nowhere, billing: nowhere })
    expect(said(found, 'wrong')[0]).toMatch(/^http:\/\/localhost:18342 does not answer: /)
  })

  it.each([
    [{}, []],
    [
      { lastRun: { outcome: 'failed', error: 'Ordering does not answer: no' } },
      ['The last pull failed: Ordering does not answer: no.'],
    ],
    [{ orphaned: [7, 9] }, ['Ordering no longer has the orders 7, 9.']],
    [
      { quarantined: [{ number: 3, subject: 'order:3', error: '/currency: Unknown', attempts: 2 }] },
      ['Order 3 cannot be read (2 tries): /currency: Unknown.'],
    ],
  ])('says what is wrong in %j', (differs, wrongs) => {
    expect(said(judgeSync({ ...WELL, ...differs }), 'wrong')).toEqual(wrongs)
  })
})
