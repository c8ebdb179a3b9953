import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { execFile, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listProcesses } from '../../shared/commands/start/run-lock.ts'
import { runsOnThisState } from '../../shared/commands/support/wrangler.ts'
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

// Cloudflare's API is what a test cannot run: this one answers wrangler from a database in memory, as its reference says.
describe('npm run handover -- check --remote', { timeout: 90_000 }, () => {
  const folder = join(ROOT, '.waybill/handover-remote-test')
  const schema = join(folder, 'warehouse/schema.ts')
  const DATABASE_ID = '0b3f5a52-6a3c-4b53-9d0e-1d2f6c1a7e90'
  const ACCOUNT_ID = '0123456789abcdef0123456789abcdef'
  const database = new DatabaseSync(':memory:')
  const asked: string[] = []
  const wranglers: string[] = []
  let api: Server

  beforeAll(async () => {
    cpSync(join(ROOT, 'test/examples/shipments'), folder, { recursive: true })
    const deployed = `\n[env.live]\n[[env.live.d1_databases]]\nbinding = "DB"\ndatabase_name = "w"\ndatabase_id = "${DATABASE_ID}"\n`
    writeFileSync(join(folder, 'warehouse/wrangler.toml'), deployed, { flag: 'a' })
    database.exec(readMigration('warehouse'))
    api = createServer((request, response) => void answer(request, response))
    api.listen(0, '127.0.0.1')
    await once(api, 'listening')
  })
  afterAll(() => {
    api.close()
    rmSync(folder, { recursive: true })
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    asked.push(`${request.method} ${request.url}`)
    const running = listProcesses().map(({ variables }) => variables)
    wranglers.push(...running.filter((variables) => /ACCOUNT_ID=.*WRANGLER_HIDE_BANNER/s.test(variables)))
    const { sql } = (await json(request)) as { sql: string }
    const statements = sql.split(/;\s*(?:\n|$)/).filter((statement) => statement.trim() !== '')
    const result = statements.map((statement) => ({ results: database.prepare(statement).all(), success: true }))
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify({ success: true, errors: [], messages: [], result }))
  }

  async function check(...options: string[]): Promise<string> {
    const env = {
      ...process.env,
      // A shell may have made wrangler quieter than its answer.
      WRANGLER_LOG: 'warn',
      CLOUDFLARE_API_BASE_URL: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
      CLOUDFLARE_API_TOKEN: 'a-token-that-nobody-checks-in-this-test1',
      CLOUDFLARE_ACCOUNT_ID: ACCOUNT_ID,
    }
    const command = ['shared/commands/launch.mjs', 'handover', 'check', schema, '--remote', ...options]
    const run = promisify(execFile)(join(ROOT, 'node_modules/.bin/node'), command, { cwd: ROOT, env })
    return (await run).stdout
  }

  it('asks the deployed database of the environment, and says that it is as declared, and then what it has lost', async () => {
    expect(await check('--env', 'live')).toMatch(/: as declared\n$/)
    expect(new Set(asked)).toEqual(new Set([`POST /accounts/${ACCOUNT_ID}/d1/database/${DATABASE_ID}/query`]))
    // A start, which may begin meanwhile, ends what runs on its state.
    expect(wranglers.length).toBeGreaterThan(0)
    expect(wranglers.filter(runsOnThisState)).toEqual([])
    database.exec('DROP TRIGGER shipments_are_kept')
    await expect(check('--env', 'live')).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/: differs\n {2}The trigger shipments_are_kept is missing\n$/) as string,
    })
  })

  it('refuses a folder of a local database beside it', async () => {
    await expect(check('--state', folder)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Leave out --state: it is for a local database') as string,
    })
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
