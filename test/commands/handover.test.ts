import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT } from '../../shared/project/project.ts'

const SIDES = {
  warehouse: 'test/examples/shipments/warehouse/schema.ts',
  care: 'test/examples/shipments/care/schema.ts',
} as const

function handover(...args: string[]): string {
  const command = ['shared/commands/launch.mjs', 'handover', ...args]
  return execFileSync(join(ROOT, 'node_modules/.bin/node'), command, { cwd: ROOT, encoding: 'utf8' })
}

/** What a command printed, without the line that says whose it is. */
function body(printed: string): string {
  return printed.slice(printed.indexOf('\n\n') + 2).trim()
}

function readMigration(app: keyof typeof SIDES): string {
  return readFileSync(join(ROOT, `test/examples/shipments/${app}/migrations/0001_shipments.sql`), 'utf8')
}

describe.each(['warehouse', 'care'] as const)('npm run handover for the %s of shipments', (app) => {
  it('migration prints the SQL that its migration holds', () => {
    expect(readMigration(app)).toContain(body(handover('migration', SIDES[app])))
  })

  it('show prints statements that run as they stand', () => {
    const database = new DatabaseSync(':memory:')
    database.exec(readMigration(app))
    const printed = body(handover('show', SIDES[app]))
    const statements = printed
      .split(/;\n\n/)
      .map((statement) => statement.replaceAll(/^-- .*$/gm, '').trim())
      // What aborts its transaction is the one thing that may be refused.
      .filter((statement) => !statement.includes('_aborts'))
    expect(statements.length).toBeGreaterThan(10)
    for (const statement of statements) database.prepare(statement).all()
  })
})

describe('a column that is added later', () => {
  const folder = join(ROOT, '.waybill/handover-test')
  const schema = join(folder, 'warehouse/schema.ts')

  beforeAll(() => {
    cpSync(join(ROOT, 'test/examples/shipments'), folder, { recursive: true })
    writeFileSync(
      schema,
      readFileSync(schema, 'utf8').replace('  shelf: text(),\n', '  shelf: text(),\n  carrier: text(),\n'),
    )
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it('is watched once the migration has what npm run handover -- changes prints', () => {
    const migration = join(folder, 'warehouse/migrations/0002_carrier.sql')
    writeFileSync(migration, 'ALTER TABLE shipments ADD COLUMN carrier TEXT;\n')
    const changes = handover('changes', schema)
    writeFileSync(migration, changes, { flag: 'a' })
    const database = new DatabaseSync(':memory:')
    for (const file of ['0001_shipments.sql', '0002_carrier.sql']) {
      database.exec(readFileSync(join(folder, 'warehouse/migrations', file), 'utf8'))
    }
    database.exec(`INSERT INTO shipments (recipient, address) VALUES ('Nora', 'Street 1')`)
    database.exec(`UPDATE shipments SET carrier = 'Bicycle'`)
    expect(database.prepare('SELECT revision FROM shipments').get()).toEqual({ revision: 2 })
    expect(changes.match(/^DROP .*$/gm)).toEqual(['DROP TRIGGER shipments_are_revised;'])
  })
})

describe('a table that has rows already', () => {
  it('is handed over once it has the columns and what npm run handover -- migration prints', () => {
    const tutorial = readFileSync(join(ROOT, 'shared/docs/hand-over-your-own.md'), 'utf8')
    const columns =
      tutorial.match(/^ALTER TABLE shipments ADD COLUMN (?:revision|sequence_nr|fingerprint|changed_at) .*$/gm) ?? []
    expect(columns).toHaveLength(4)
    const [own = ''] = readMigration('warehouse').split('\n\n-- ')
    const withoutFeed = own.replace(/,\n {2}revision [^]*?\n\);/, '\n);')
    expect(withoutFeed).not.toContain('fingerprint')
    const database = new DatabaseSync(':memory:')
    database.exec(`${withoutFeed}
      INSERT INTO shipments (id, recipient, address, state, dispatched_at) VALUES
        (1, 'Nora', 'Street 1', 'Dispatched', '2026-03-01T12:00:00Z'), (300, 'Omar', 'Street 2', 'Packing', NULL);`)
    for (const column of columns) database.exec(column)
    database.exec(body(handover('migration', SIDES.warehouse)))
    database.exec(`INSERT INTO shipments (id, recipient, address) VALUES (301, 'Pia', 'Street 3')`)
    const rows = database
      .prepare(
        `SELECT id, revision, sequence_nr AS nr, fingerprint > 0 AS drawn, changed_at > '2026' AS dated FROM shipments`,
      )
      .all()
    expect(rows).toEqual([1, 300, 301].map((id) => ({ id, revision: 1, nr: -1, drawn: 1, dated: 1 })))
    const [nora] = database.prepare('SELECT fingerprint FROM shipments WHERE id = 1').all()
    expect(database.prepare('SELECT range, records, fingerprints FROM shipments_ranges').all()).toEqual([
      { range: 0, records: 1, fingerprints: nora?.['fingerprint'] },
    ])
  })
})

// Each command loads wrangler in two processes.
describe('npm run handover -- check', { timeout: 90_000 }, () => {
  const folder = join(ROOT, '.waybill/handover-check-test')

  beforeAll(() => {
    for (const app of ['care', 'warehouse'] as const) {
      const config = join(ROOT, `test/examples/shipments/${app}/wrangler.toml`)
      const apply = [
        'd1',
        'migrations',
        'apply',
        'DB',
        '--local',
        '--config',
        config,
        '--persist-to',
        join(folder, app),
      ]
      execFileSync(join(ROOT, 'node_modules/.bin/wrangler'), apply, { cwd: ROOT, env: { ...process.env, CI: '1' } })
    }
  }, 60_000)
  afterAll(() => rmSync(folder, { recursive: true }))

  function open(app: string): DatabaseSync {
    const files = join(folder, app, 'v3/d1/miniflare-D1DatabaseObject')
    const file = readdirSync(files).find((name) => name.endsWith('.sqlite') && name !== 'metadata.sqlite') ?? ''
    return new DatabaseSync(join(files, file))
  }

  it('says that a database is as declared, and then which records no reader takes, until the migration’s end is run', () => {
    const state = join(folder, 'warehouse')
    expect(handover('check', SIDES.warehouse, '--state', state)).toMatch(/: as declared\n$/)
    const database = open('warehouse')
    const TRIGGER = 'shipments_start_at_their_first_revision'
    const [kept] = database.prepare('SELECT sql FROM sqlite_schema WHERE name = ?').all(TRIGGER)
    database.exec(`DROP TRIGGER ${TRIGGER};
      INSERT INTO shipments (recipient, address, state, dispatched_at) VALUES ('Nora', 'Street', 'Dispatched', '2026-03-01T12:00:00Z');
      ${String(kept?.['sql'])};
      UPDATE shipments_ranges SET records = 7;`)
    expect(() => handover('check', SIDES.warehouse, '--state', state)).toThrow(
      expect.objectContaining({
        status: 1,
        stdout: expect.stringMatching(
          /: differs\n {2}The table shipments has 1 row without a revision, which no reader takes: .*\n {2}The table shipments_ranges is wrong in 1 row: /,
        ) as string,
      }) as Error,
    )
    database.exec(handover('migration', SIDES.warehouse).split('\n-- For a shipment').at(-1)?.replace(/^.*/, '') ?? '')
    database.close()
    expect(handover('check', SIDES.warehouse, '--state', state)).toMatch(/: as declared\n$/)
  })

  it('says that a database is as declared, and then what it has lost: a trigger, and the row of the pull', () => {
    const state = join(folder, 'care')
    expect(handover('check', SIDES.care, '--state', state)).toMatch(/: as declared\n$/)
    const database = open('care')
    database.exec('DROP TRIGGER shipment_pull_is_kept; DELETE FROM shipment_pull')
    database.close()
    expect(() => handover('check', SIDES.care, '--state', state)).toThrow(
      expect.objectContaining({
        status: 1,
        stdout: expect.stringMatching(
          /: differs\n {2}The trigger shipment_pull_is_kept is missing\n {2}The table shipment_pull has lost its row: /,
        ) as string,
      }) as Error,
    )
  })
})

it('npm run handover -- migration orders prints what both apps have', () => {
  const printed = handover('migration', 'orders')
  expect(printed).toContain('CREATE TRIGGER orders_are_revised AFTER UPDATE OF')
  expect(printed).toContain('CREATE TRIGGER orders_are_voided AFTER UPDATE OF')
})

it('npm run handover names what there is for a feed that it does not know', () => {
  expect(() => handover('show', 'parcels')).toThrow(/There is no feed parcels and no such file: name one of orders/)
})
