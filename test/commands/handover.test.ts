import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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

it('npm run handover -- migration orders prints what both apps have', () => {
  const printed = handover('migration', 'orders')
  expect(printed).toContain('CREATE TRIGGER orders_are_revised AFTER UPDATE OF')
  expect(printed).toContain('CREATE TRIGGER orders_are_voided AFTER UPDATE OF')
})

it('npm run handover names what there is for a feed that it does not know', () => {
  expect(() => handover('show', 'parcels')).toThrow(/There is no feed parcels and no such file: name one of orders/)
})
