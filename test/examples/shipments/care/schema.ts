import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { defineConsumer } from '#shared/handover/consumer/definition.ts'
import { consumerTables } from '#shared/handover/consumer/tables.ts'
import { plain } from '#shared/handover/sql-names.ts'
import { fieldErrors } from '#shared/edge/problem.ts'
import { err, ok } from '#shared/result.ts'
import { SHIPMENT_FEED, type Shipment, shipment } from '../shipment.ts'

/** What customer care's Worker is bound to. */
export type CareEnv = { DB: D1Database; WAREHOUSE: Fetcher; LOG_LEVEL?: string }

const tables = consumerTables('shipment', 'id')

/** Whom care has to call: the recipient of each shipment that was delivered. */
const calls = sqliteTable('calls', {
  shipmentId: integer('shipment_id').primaryKey(),
  recipient: text().notNull(),
  calledAt: text('called_at'),
})

/** What customer care keeps of the warehouse's shipments, and what follows from them. */
export const shipmentCopies = defineConsumer<CareEnv, Shipment>({
  names: SHIPMENT_FEED,
  words: {
    publisher: 'the warehouse',
    consumer: 'customer care',
    record: 'shipment',
    aRecord: 'a shipment',
    records: 'shipments',
  },
  from: (env) => env.WAREHOUSE,
  tables,
  parse(record) {
    const parsed = shipment.safeParse(record)
    if (!parsed.success) return err(fieldErrors(parsed.error.issues))
    const { id, revision, fingerprint, state } = parsed.data
    return ok({ key: id, revision, fingerprint, deleted: state === 'Withdrawn', record: parsed.data })
  },
  apply: (db, keys) => [
    db.run(plain`
      INSERT INTO ${calls} (${calls.shipmentId}, ${calls.recipient})
      SELECT c.id, c.record ->> 'recipient' FROM json_each(${JSON.stringify(keys)}) k JOIN ${tables.copies} c ON c.id = k.value
      WHERE c.record ->> 'state' = 'Delivered'
      ON CONFLICT DO UPDATE SET ${calls.recipient} = excluded.${calls.recipient}`),
    db.run(plain`
      DELETE FROM ${calls} WHERE ${calls.calledAt} IS NULL AND ${calls.shipmentId} IN (
        SELECT c.id FROM json_each(${JSON.stringify(keys)}) k JOIN ${tables.copies} c ON c.id = k.value
        WHERE c.record ->> 'state' <> 'Delivered'
      )`),
  ],
  probe: {
    id: 1,
    revision: 1,
    sequenceNr: 1,
    fingerprint: 0,
    state: 'Dispatched',
    dispatchedAt: '2000-01-01T00:00:00Z',
    recipient: 'probe',
    address: '-',
    parcels: [],
  } satisfies Shipment,
  limits: () => ({
    compareEveryMinutes: 5,
    maxLagSeconds: 180,
    maxAgreementAgeMinutes: 30,
    keepRunsDays: 30,
    keepEvidenceDays: 365,
  }),
  traced: ({ LOG_LEVEL }) => LOG_LEVEL === 'trace',
})
