import { sql } from 'drizzle-orm'
import { rowsOf } from '../../shared/d1.ts'
import type { BillingDb } from './db.ts'
import { type DecisionMade, selectDecisionsOf, toDecisionsMade } from './decision-history-store.ts'
import type { CopySource } from './order-copy.ts'
import type { InvoiceState } from './invoice.ts'

/** What billing keeps of an order's way. */
export type BillingStanding = {
  copy: {
    revision: number
    fingerprint: number | null
    epoch: string
    source: CopySource
    fetchedAt: string
    runId: string | null
    orphaned: 0 | 1
    deleted: 0 | 1
  } | null
  invoice: { state: InvoiceState; createdAt: string; decidedAt: string | null } | null
  /** What was decided about its invoice, the oldest first. */
  decisions: DecisionMade[]
  quarantine: { error: string; attempts: number; firstSeenAt: string; nextTryAt: string } | null
  untold: boolean
  epoch: string | null
  lastSuccessAt: string | null
}

/** Reads all of it in one round trip. */
export async function readStanding(db: BillingDb, number: number): Promise<BillingStanding> {
  const [copied, invoiced, decided, quarantined, pulled] = await db.batch([
    db.run(sql`
      SELECT revision, fingerprint, epoch, source, fetched_at AS fetchedAt, run_id AS runId, orphaned, deleted
      FROM orders WHERE number = ${number}`),
    db.run(sql`
      SELECT state, created_at AS createdAt, decided_at AS decidedAt FROM invoices WHERE order_number = ${number}`),
    selectDecisionsOf(db, number),
    db.run(sql`
      SELECT error, attempts, first_seen_at AS firstSeenAt, next_try_at AS nextTryAt FROM quarantine
      WHERE number = ${number} AND closed_at IS NULL`),
    db.run(sql`
      SELECT epoch, last_success_at AS lastSuccessAt, EXISTS (
        SELECT 1 FROM outbox WHERE pending = 1 AND subject IN ('invoice:' || ${number}, 'quarantine:' || ${number})
      ) AS untold
      FROM order_pull`),
  ])
  const [pull] = rowsOf<{ epoch: string | null; lastSuccessAt: string | null; untold: 0 | 1 }>(pulled)
  if (pull === undefined) throw new Error('Cannot trace an order: the row of the pull is missing')
  return {
    copy: rowsOf<NonNullable<BillingStanding['copy']>>(copied)[0] ?? null,
    invoice: rowsOf<NonNullable<BillingStanding['invoice']>>(invoiced)[0] ?? null,
    decisions: toDecisionsMade(decided),
    quarantine: rowsOf<NonNullable<BillingStanding['quarantine']>>(quarantined)[0] ?? null,
    epoch: pull.epoch,
    lastSuccessAt: pull.lastSuccessAt,
    untold: pull.untold === 1,
  }
}
