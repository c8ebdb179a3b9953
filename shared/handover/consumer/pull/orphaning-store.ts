import { rowsOf } from '../../../db/d1.ts'
import type { Db } from '../../../db/open-d1.ts'
import { transaction } from '../../../db/transaction.ts'
import { plain } from '../../sql-names.ts'
import { abortUnless, unlessAborted } from '../abort-store.ts'
import type { ConsumerTables, Row } from '../tables.ts'

/** Begins the repair: the feed is read from its start. False if the run lost the pull or the epoch is not current. */
export async function beginRepair(db: Db, tables: ConsumerTables, epoch: string, runId: string): Promise<boolean> {
  const { pull, quarantine } = tables
  const begun = await unlessAborted('run_lost', () =>
    transaction(db, {
      guard: abortUnless(
        db,
        tables,
        'run_lost',
        plain`EXISTS (SELECT 1 FROM ${pull} WHERE ${pull.runId} = ${runId} AND ${pull.epoch} = ${epoch})`,
      ),
      begun: db.run(plain`
        UPDATE ${pull} SET ${pull.token} = NULL, ${pull.repair} = 'reading', ${pull.agreedUpTo} = NULL,
          ${pull.agreedAt} = NULL, ${pull.comparedAt} = NULL`),
      // A revision of the history before says nothing of this one: a lower one may be the record's latest now. No attempt has
      // been made in this one yet: what none is made of until the repair ends is not there any more.
      quarantined: db.run(plain`
        UPDATE ${quarantine} SET ${quarantine.revision} = NULL, ${quarantine.attempts} = 0
        WHERE ${quarantine.closedAt} IS NULL`),
    }),
  )
  return begun !== undefined
}

/**
 * Ends the repair once the feed's end was reached under `epoch`: what still stands under another epoch is orphaned,
 * and everything that the publisher was notified of is sent again, since its restore may have lost it.
 * Returns the keys of the copies that were orphaned by it; undefined if the run lost the pull.
 */
export async function finishRepair(
  db: Db,
  tables: ConsumerTables,
  epoch: string,
  runId: string,
  now: string,
): Promise<number[] | undefined> {
  const { pull, epochs, copies, quarantine, outbox } = tables
  // What was set aside under this epoch the publisher has; its copy waits for a record that fits.
  const lost = plain`${copies.epoch} <> ${epoch} AND ${copies.orphaned} = 0 AND NOT EXISTS (
    SELECT 1 FROM ${quarantine} WHERE ${quarantine}.${quarantine.key} = ${copies}.${copies.key}
      AND ${quarantine.closedAt} IS NULL AND ${quarantine.attempts} > 0
  )`
  const ended = await unlessAborted('run_lost', () =>
    transaction(db, {
      guard: abortUnless(
        db,
        tables,
        'run_lost',
        plain`EXISTS (
          SELECT 1 FROM ${pull} WHERE ${pull.runId} = ${runId} AND ${pull.epoch} = ${epoch} AND ${pull.repair} = 'reading'
        )`,
      ),
      lost: db.run(plain`SELECT ${copies.key} AS key FROM ${copies} WHERE ${lost} ORDER BY ${copies.key}`),
      orphaned: db.run(plain`UPDATE ${copies} SET ${copies.orphaned} = 1 WHERE ${lost}`),
      closed: db.run(plain`
        UPDATE ${quarantine} SET ${quarantine.closedAt} = ${now}
        WHERE ${quarantine.closedAt} IS NULL AND ${quarantine.attempts} = 0`),
      pending: db.run(plain`UPDATE ${outbox} SET ${outbox.pending} = 1 WHERE ${outbox.pending} = 0`),
      repaired: db.run(plain`UPDATE ${epochs} SET ${epochs.repairedAt} = ${now} WHERE ${epochs.epoch} = ${epoch}`),
      ended: db.run(plain`UPDATE ${pull} SET ${pull.repair} = NULL`),
    }),
  )
  return ended && rowsOf<Pick<Row<'copies'>, 'key'>>(ended.lost).map(({ key }) => key)
}
