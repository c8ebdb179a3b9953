import type { DatabaseSync } from 'node:sqlite'
import type { App } from '../support/app.ts'
import { select } from '../support/local-database.ts'
import { findMissingMigrations } from '../support/migrations.ts'
import { count, spell } from '../support/output.ts'
import { findDamage, HOW_TO_REPAIR, readSchemaOf } from '../support/schema.ts'
import { type Diagnosis, fine, look, nameNumbers, wrong } from './diagnosis.ts'

/** Looks into both local databases, whether the apps run or not. Changes nothing. */
export function examineState(ordering: DatabaseSync, billing: DatabaseSync): Diagnosis[] {
  // What this release asks of them is not all there in an older one.
  const older = [...examineAge('ordering', ordering), ...examineAge('billing', billing)]
  if (older.length > 0) return older
  return [
    ...examineFile('ordering', ordering),
    ...examineFile('billing', billing),
    examineNumbers(ordering),
    examineInvoiceNumbers(billing),
    compareSides(ordering, billing),
  ]
}

function examineAge(app: App['name'], database: DatabaseSync): Diagnosis[] {
  const missing = findMissingMigrations(app, database)
  if (missing.length === 0) return []
  return [
    wrong(
      `The database of ${app} is older than this release: it lacks ${missing.join(', ')}.`,
      'npm start applies what is missing. Nothing is lost.',
    ),
  ]
}

function examineFile(app: App['name'], database: DatabaseSync): Diagnosis[] {
  const [integrity] = select<{ integrity_check: string }>(database, 'PRAGMA integrity_check')
  const damaged = integrity?.integrity_check !== 'ok'
  const damage = findDamage(app, readSchemaOf(database))
  return [
    damaged
      ? wrong(`The database of ${app} is damaged: ${integrity?.integrity_check}.`, 'npm run reset begins afresh.')
      : fine(`The database of ${app} is whole.`),
    damage.length === 0
      ? fine(`All tables and triggers of ${app} are there, as its migrations make them.`)
      : wrong(`${app}: ${damage.join('; ')}.`, HOW_TO_REPAIR),
  ]
}

function examineNumbers(ordering: DatabaseSync): Diagnosis {
  const [row] = select<{ highest: number; held: number; waiting: number }>(
    ordering,
    `SELECT highest, (SELECT coalesce(max(confirmed_sequence_nr), 0) FROM orders) AS held,
       (SELECT count(*) FROM orders WHERE confirmed_sequence_nr = -1 AND confirmed_at IS NOT NULL) AS waiting
     FROM feed`,
  )
  const { highest = 0, held = 0, waiting = 0 } = row ?? {}
  if (held > highest) {
    return wrong(
      `An order holds number ${held}, and the feed has given ${highest} at most.`,
      'Restore ordering’s backup.',
    )
  }
  return fine(`The feed has given ${count(highest, 'number')}; orders that wait for one: ${spell(waiting)}.`)
}

function examineInvoiceNumbers(billing: DatabaseSync): Diagnosis {
  const series = select<{ series: string; highest: number; given: number }>(
    billing,
    `SELECT s.series, s.highest, (
       SELECT count(DISTINCT issued_number) FROM decisions WHERE issued_number GLOB s.series || '-*'
     ) AS given
     FROM invoice_series s`,
  )
  const gaps = series.filter(({ highest, given }) => highest !== given)
  if (series.length === 0) return fine('No invoice number was given yet.')
  if (gaps.length === 0) return fine(`Invoice numbers have no gaps in ${spell(series.length)} series.`)
  const described = gaps.map(({ series: name, highest, given }) => `${name}: ${given} of ${highest}`).join('; ')
  return wrong(`Invoice numbers have gaps: ${described}.`, 'Run a pull: the ledger replays what a restore has lost.')
}

type Side = { number: number; fingerprint: number | null }

/** Holds the copies against the orders, leaving out what billing has still to read. */
function compareSides(ordering: DatabaseSync, billing: DatabaseSync): Diagnosis {
  const [feed] = select<{ epoch: string }>(ordering, 'SELECT epoch FROM feed')
  const [pull] = select<{ token: string | null }>(billing, 'SELECT token FROM order_pull')
  const [epoch, readUpTo] = (pull?.token ?? '').split('.')
  if (readUpTo === undefined) return look('Billing has read nothing yet.', 'The next pull reads the feed.')
  if (epoch !== feed?.epoch) return look('Ordering has a history that billing has not read.', 'The next pull repairs.')
  const settled = select<Side>(
    ordering,
    `SELECT number, fingerprint FROM orders WHERE confirmed_sequence_nr BETWEEN 1 AND ${Number(readUpTo)}`,
  )
  const copies = new Map(
    select<Side>(billing, 'SELECT number, fingerprint FROM orders').map((copy) => [copy.number, copy.fingerprint]),
  )
  const differing = settled.filter(({ number, fingerprint }) => copies.get(number) !== fingerprint)
  if (differing.length === 0) return fine(`Both sides are the same in all ${spell(settled.length)} orders read.`)
  const numbers = nameNumbers(differing.map(({ number }) => number))
  return wrong(`Both sides differ in the orders ${numbers}.`, 'A comparison corrects them: POST /api/sync/compare.')
}
