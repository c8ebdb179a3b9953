import { sql, type SQL } from 'drizzle-orm'
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { describe, expect, it } from 'vitest'
import type { Db } from '../../../shared/db/open-d1.ts'
import { defineConsumer } from '../../../shared/handover/consumer/definition.ts'
import type { Parsed } from '../../../shared/handover/consumer/record.ts'
import { namedTables, copyColumns } from '../../../shared/handover/consumer/tables.ts'
import { HandoverError } from '../../../shared/handover/error.ts'
import { err, ok } from '../../../shared/result.ts'

type Parcel = { nr: number; weight: number }
const TABLES = namedTables(
  {
    pull: 'parcel_pull',
    epochs: 'parcel_epochs',
    runs: 'parcel_runs',
    copies: 'parcels',
    ranges: 'parcel_ranges',
    quarantine: 'parcel_quarantine',
    repairs: 'parcel_repairs',
    outbox: 'parcel_outbox',
    resets: 'parcel_resets',
    aborts: 'parcel_aborts',
  },
  { key: 'nr', reference: 'parcel_nr', count: 'parcels' },
)

/** A consumer of parcels that is in order. */
const PARCELS = {
  names: {
    feed: 'parcels',
    record: 'parcel',
    key: 'nr',
    keys: 'nrs',
    place: 'place',
    epochHeader: 'Parcel-Epoch',
    noticeKey: 'nr',
  },
  words: { publisher: 'depot', consumer: 'desk', record: 'parcel', aRecord: 'a parcel', records: 'parcels' },
  from: (env: { DEPOT: Fetcher }) => env.DEPOT,
  tables: TABLES,
  release: { app: 'billing' as const, migrations: [] },
  parse: (record: unknown) => {
    const parcel = record as Parcel
    const parsed: Parsed<Parcel> = { key: parcel.nr, revision: 1, fingerprint: 0, deleted: false, record: parcel }
    return parcel.weight > 0 ? ok(parsed) : err([{ pointer: '/weight', detail: 'Too small' }])
  },
  apply: (db: Db, keys: readonly number[]) => [db.run(sql`INSERT INTO labels (nr) VALUES (${keys[0]})`)],
  probe: { nr: 1, weight: 2 },
  limits: () => ({
    compareEveryMinutes: 60,
    maxLagSeconds: 300,
    maxAgreementAgeMinutes: 90,
    keepRunsDays: 90,
    keepEvidenceDays: 90,
  }),
  traced: () => false,
}

describe('a consumer', () => {
  it('is made of a definition that is in order', () => {
    expect(defineConsumer(PARCELS).probe).toMatchObject({ key: 1, text: '{"nr":1,"weight":2}' })
  })

  it('may notify the publisher from what follows its copies', () => {
    const notice = sql`INSERT INTO parcel_outbox (subject) VALUES ('nr')`
    expect(() => defineConsumer({ ...PARCELS, apply: (db: Db) => [db.run(notice)] })).not.toThrow()
  })
})

describe('a definition is refused, by what to do instead,', () => {
  it.each(['Parcels', 'a b', ''])('whose feed is named %j', (feed) => {
    const names = { ...PARCELS.names, feed }
    const message = 'Name the feed by small letters, digits and hyphens; ' + JSON.stringify(feed) + ' is no such name'
    expect(refusalOf({ ...PARCELS, names })).toEqual({ code: 'name_is_no_identifier', message })
  })

  it('whose records say their place by no identifier', () => {
    expect(refusalOf({ ...PARCELS, names: { ...PARCELS.names, place: "x'" } })).toEqual({
      code: 'name_is_no_identifier',
      message: `Name members by letters, digits and _; "x'" is no such name`,
    })
  })

  it('that has a table or a column which would need quotes', () => {
    const copies = sqliteTable('parcels', { ...copyColumns('nr'), label: text('the label') })
    const aborts = sqliteTable('Parcel aborts', { why: text().notNull() })
    expect(refusalOf({ ...PARCELS, tables: { ...TABLES, aborts } })).toEqual({
      code: 'name_is_no_identifier',
      message: 'Name tables and columns by small letters, digits and _; "Parcel aborts" is no such name',
    })
    expect(refusalOf({ ...PARCELS, tables: { ...TABLES, copies } })).toEqual({
      code: 'name_is_no_identifier',
      message: 'Name tables and columns by small letters, digits and _; "the label" is no such name',
    })
  })

  it('whose copies have a key that is no integer', () => {
    const { key: _, ...others } = copyColumns('nr')
    expect(
      refusalOf({
        ...PARCELS,
        tables: { ...TABLES, copies: sqliteTable('parcels', { key: text('nr').primaryKey(), ...others }) },
      }),
    ).toEqual({
      code: 'key_is_no_integer',
      message: 'Make the column "nr" of copies an integer primary key; it is text',
    })
    expect(
      refusalOf({
        ...PARCELS,
        tables: { ...TABLES, copies: sqliteTable('parcels', { key: integer('nr').notNull(), ...others }) },
      }),
    ).toEqual({
      code: 'key_is_no_integer',
      message: 'Make the column "nr" of copies an integer primary key; it is integer, not the primary key',
    })
  })

  it('that derives a column of another table', () => {
    const derived = { column: TABLES.quarantine.subject, from: () => '' }
    expect(refusalOf({ ...PARCELS, derived })).toEqual({
      code: 'derived_is_of_another_table',
      message: 'Derive a column of copies; "subject" is of another table',
    })
  })

  it('whose probe its own parser refuses, or reads without a key', () => {
    expect(refusalOf({ ...PARCELS, probe: { nr: 1, weight: 0 } })).toEqual({
      code: 'probe_is_unreadable',
      message: 'Give a probe that the consumer’s own parser takes. It says: /weight: Too small',
    })
    expect(refusalOf({ ...PARCELS, probe: { nr: 1.5, weight: 1 } })).toEqual({
      code: 'probe_is_unreadable',
      message: 'Give a probe that the consumer’s own parser takes. It says: /nr: Must be an integer within bounds',
    })
  })

  it.each<[string, SQL]>([
    ['parcels', sql`UPDATE parcels SET orphaned = 1`],
    ['parcels', sql`update or ignore "parcels" SET orphaned = 1`],
    ['parcel_pull', sql`UPDATE parcel_pull SET token = NULL`],
    ['parcel_quarantine', sql`DELETE FROM parcel_quarantine`],
    ['parcel_repairs', sql`INSERT OR REPLACE INTO parcel_repairs (nr) VALUES (1)`],
    ['parcel_epochs', sql`REPLACE INTO parcel_epochs (nr) VALUES (1)`],
  ])('that writes %s after its copies', (table, statement) => {
    const refusal = refusalOf({ ...PARCELS, apply: (db: Db) => [db.run(statement)] })
    expect(refusal?.code).toBe('apply_writes_a_table_of_the_handover')
    expect(refusal?.message).toContain(`it writes "${table}"`)
  })

  it('but reading those tables is what it is for', () => {
    const label = sql`INSERT INTO labels SELECT nr FROM parcels WHERE deleted = 0`
    expect(refusalOf({ ...PARCELS, apply: (db: Db) => [db.run(label)] })).toBeUndefined()
  })
})

function refusalOf(definition: Parameters<typeof defineConsumer<{ DEPOT: Fetcher }, Parcel, never, never>>[0]) {
  try {
    defineConsumer(definition)
    return undefined
  } catch (error) {
    if (error instanceof HandoverError) return { code: error.code, message: error.message }
    throw error
  }
}
