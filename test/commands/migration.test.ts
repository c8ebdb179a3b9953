import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type AppName, ROOT } from '../../shared/project/project.ts'

let copy: string
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'waybill-migration-'))
  for (const name of ['package.json', 'wrangler.ordering.toml', 'wrangler.billing.toml', 'shared', 'workers']) {
    cpSync(join(ROOT, name), join(copy, name), { recursive: true })
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
})
afterAll(() => rmSync(copy, { recursive: true }))

beforeEach(() => {
  rmSync(join(copy, 'workers'), { recursive: true })
  cpSync(join(ROOT, 'workers'), join(copy, 'workers'), { recursive: true })
})

const run = promisify(execFile)

/** What the command prints in the copy of the project; throws with what it says where it refuses. */
async function migration(...args: string[]): Promise<string> {
  const { stdout } = await run('npm', ['run', '--silent', 'migration', '--', ...args], { cwd: copy })
  return stdout.trim()
}

function listFiles(app: AppName): string[] {
  return readdirSync(join(copy, 'workers', app, 'migrations'))
}

function change(file: string, from: string, to: string): void {
  const text = readFileSync(join(copy, file), 'utf8')
  if (!text.includes(from)) throw new Error(`${file} does not say ${from}`)
  writeFileSync(join(copy, file), text.replace(from, to))
}

/** A database that all migrations of the copy have made. */
function migrated(app: AppName): DatabaseSync {
  const database = new DatabaseSync(':memory:')
  for (const file of listFiles(app)) {
    database.exec(readFileSync(join(copy, 'workers', app, 'migrations', file), 'utf8'))
  }
  return database
}

describe.each(['ordering', 'billing'] as const)('npm run migration -- %s', (app) => {
  it('says none, and writes no file, while all migrations together make what schema.ts and the definitions say', async () => {
    const before = listFiles(app)
    expect(await migration(app, 'nothing')).toBe('none')
    expect(listFiles(app)).toEqual(before)
  })
})

describe('a change of schema.ts', () => {
  const SCHEMA = 'workers/ordering/schema.ts'

  it('of a column, an index and a table is what the next migration says, with the triggers that watch the column', async () => {
    change(
      SCHEMA,
      '    note: text(),\n',
      "    note: text(),\n    channel: text({ enum: ['web', 'phone'] }).notNull().default('web'),\n",
    )
    change(SCHEMA, 'import { index, ', 'import { check, index, ')
    change(
      SCHEMA,
      '    isFlag(table.foldStale),\n',
      "    isFlag(table.foldStale),\n    check('told', sql`${table.channel} <> 'phone' OR ${table.note} IS NOT NULL`),\n",
    )
    change(
      SCHEMA,
      "    index('orders_currency').on(table.currency),\n",
      "    index('orders_channel').on(table.channel, table.number).where(sql`${table.channel} = 'phone'`),\n" +
        "    index('orders_currency').on(table.currency, table.number),\n",
    )
    change(
      SCHEMA,
      '/** How many orders are in each state. */\n',
      `export const parcels = sqliteTable(
  'parcels',
  {
    orderNumber: integer('order_number').notNull(),
    place: integer().notNull(),
    label: text().notNull().unique(),
    weight: integer().notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.orderNumber, table.place] }), isPositive(table.weight)],
)

/** How many orders are in each state. */
`,
    )
    expect(await migration('ordering', 'channels')).toBe(
      'workers/ordering/migrations/0002_channels.sql is written. Read it, and name 0002_channels.sql in workers/ordering/release.ts.',
    )
    const written = readFileSync(join(copy, 'workers/ordering/migrations/0002_channels.sql'), 'utf8')
    expect(written.slice(0, written.indexOf('DROP TRIGGER'))).toBe(`CREATE TABLE parcels (
  order_number INTEGER NOT NULL,
  place INTEGER NOT NULL,
  label TEXT NOT NULL UNIQUE,
  weight INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (order_number, place),
  CHECK (weight > 0)
);

ALTER TABLE orders ADD COLUMN channel TEXT NOT NULL DEFAULT 'web' CHECK (channel IN ('web', 'phone')) CHECK (channel <> 'phone' OR note IS NOT NULL);

CREATE INDEX orders_channel ON orders (channel, number) WHERE channel = 'phone';

DROP INDEX orders_currency;

CREATE INDEX orders_currency ON orders (currency, number);

`)
    const triggers = written.match(/^(?:DROP|CREATE) TRIGGER \w+/gm)
    expect(triggers).toEqual(['DROP TRIGGER orders_are_revised', 'CREATE TRIGGER orders_are_revised'])

    const database = migrated('ordering')
    database.exec(`INSERT INTO orders (placed_at, updated_at, updated_by, currency, customer, customer_name_folded)
      VALUES ('', '', '', 'EUR', '{}', '')`)
    expect(() => database.exec(`UPDATE orders SET channel = 'phone'`)).toThrow('CHECK constraint failed')
    database.exec(`UPDATE orders SET channel = 'phone', note = 'She will call again.'`)
    expect(database.prepare('SELECT revision FROM orders').get()).toEqual({ revision: 2 })

    expect(await migration('ordering', 'channels')).toBe('none')
    expect(listFiles('ordering')).toEqual(['0001_orders.sql', '0002_channels.sql'])
  })

  it('that SQLite cannot make is refused whole, and no file is written', async () => {
    change(
      SCHEMA,
      '    note: text(),\n',
      '    note: text().notNull(),\n    channel: text().notNull(),\n    tag: text().unique(),\n    token: text(),\n',
    )
    change(
      SCHEMA,
      "    index('orders_currency').on(table.currency),\n",
      "    unique().on(table.token),\n    index('orders_currency').on(table.currency),\n",
    )
    change(SCHEMA, 'primaryKey, sqliteTable, text }', 'primaryKey, sqliteTable, text, unique }')
    change(SCHEMA, '    fields: text(),\n', '')
    change(SCHEMA, '    isJson(table.fields),\n', '')
    change(SCHEMA, "text({ enum: ['Draft', 'Confirmed', 'Deleted'] })", "text({ enum: ['Draft', 'Confirmed'] })")
    change(SCHEMA, '    isPositive(table.number),\n', '')
    change(SCHEMA, "externalId: text('external_id').unique()", "externalId: text('external_id')")
    const refusal: unknown = await migration('ordering', 'channels').catch((error: unknown) => error)
    const { stderr } = refusal as { stderr: string }
    expect(stderr.split('\n').slice(0, -2)).toEqual([
      'The column fields of audited_records is not in schema.ts: drop it by hand, a release after the last one that uses it.',
      'The column note of orders is TEXT, and in schema.ts TEXT NOT NULL: SQLite cannot alter that.',
      'The column channel of orders cannot be added: the rows that are there need a value. Give it a default.',
      'The column tag of orders cannot be added: SQLite adds no unique column. Declare it without, and a uniqueIndex on it.',
      'The column token of orders cannot be added: SQLite adds no unique column. Declare it without, and a uniqueIndex on it.',
      "The table orders lacks CHECK (state IN ('Draft', 'Confirmed')): SQLite cannot alter that.",
      'The table orders has UNIQUE (external_id), which schema.ts does not: SQLite cannot alter that.',
      'The table orders has CHECK (number > 0), which schema.ts does not: SQLite cannot alter that.',
      "The table orders has CHECK (state IN ('Draft', 'Confirmed', 'Deleted')), which schema.ts does not: SQLite cannot alter that.",
    ])
    expect(listFiles('ordering')).toEqual(['0001_orders.sql'])
  })

  it('that SQLite cannot make is met by a migration that makes the table anew and renames it', async () => {
    change(SCHEMA, "bodyDigest: text('body_digest').notNull()", "bodyDigest: text('body_digest')")
    writeFileSync(
      join(copy, 'workers/ordering/migrations/0002_digests.sql'),
      `CREATE TABLE idempotency_keys_anew (
  created_by TEXT NOT NULL,
  key TEXT NOT NULL,
  body_digest TEXT,
  order_number INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (created_by, key)
);
INSERT INTO idempotency_keys_anew SELECT * FROM idempotency_keys;
DROP TABLE idempotency_keys;
ALTER TABLE idempotency_keys_anew RENAME TO idempotency_keys;
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
`,
    )
    expect(await migration('ordering', 'nothing')).toBe('none')
  })

  it('that declares an index no longer drops it', async () => {
    change(
      'workers/billing/schema.ts',
      "(table) => [isJson(table.before), isJson(table.after), index('audit_order').on(table.orderNumber)],",
      '(table) => [isJson(table.before), isJson(table.after)],',
    )
    await migration('billing', 'fewer')
    const written = readFileSync(join(copy, 'workers/billing/migrations/0002_fewer.sql'), 'utf8')
    expect(written).toBe('DROP INDEX audit_order;\n')
  })

  it.each([[['ordering']], [['shipping', 'name']], [['ordering', '0002_Name']]])(
    'is not asked for by %j',
    async (args) => {
      await expect(migration(...args)).rejects.toThrow(/npm run migration -- ordering NAME|is no such name/)
    },
  )
})
