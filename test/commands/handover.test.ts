import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
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

it('npm run handover -- migration orders prints what both apps have', () => {
  const printed = handover('migration', 'orders')
  expect(printed).toContain('CREATE TRIGGER orders_are_revised AFTER UPDATE OF')
  expect(printed).toContain('CREATE TRIGGER orders_are_voided AFTER UPDATE OF')
})

it('npm run handover names what there is for a feed that it does not know', () => {
  expect(() => handover('show', 'parcels')).toThrow(/There is no feed parcels and no such file: name one of orders/)
})
