import { DurableObject } from 'cloudflare:workers'
import { bytesOf, cutByBytes, MOST_VALUE_BYTES } from '../../../shared/db/byte-limits.ts'
import { type D1Cost, isDataRefusal, noCost } from '../../../shared/db/d1.ts'
import { createLog, describeError } from '../../../shared/edge/log.ts'
import { type CreditDecision, saveCreditNote } from './credit-note-store.ts'
import { type BillingDb, openDb } from '../db.ts'
import {
  type Decision,
  findLastDecision,
  type LedgerEntry,
  listDecisions,
  listSetAside,
  markWitnessed,
  replayEntries,
  saveDecision,
  setEntryAside,
} from './decision-store.ts'
import { eraseEntry } from './erased-entry.ts'
import { type ReissueDecision, saveReissue } from './reissue-store.ts'

/** The one ledger's name: all decisions are in one sequence. */
const NAME = 'invoices'
/** The most decisions that are carried at once; fewer of large orders. */
const CARRIED = 20

/** What a comparison of D1 with the ledger did: decisions replayed after a restore, or witnessed after a crash. */
export type Reconciliation = { replayed: number; witnessed: number }

type AnyDecision = Decision | CreditDecision | ReissueDecision

function save(db: BillingDb, decision: AnyDecision, nr: number): Promise<LedgerEntry | undefined> {
  switch (decision.kind) {
    case 'approved':
    case 'rejected':
      return saveDecision(db, decision, nr)
    case 'credited':
      return saveCreditNote(db, decision, nr)
    case 'reissued':
      return saveReissue(db, decision, nr)
  }
}

/** The ledger of all invoices. */
export function openLedger(env: Env): DurableObjectStub<InvoiceLedger> {
  return env.LEDGER.getByName(NAME)
}

/**
 * Keeps what customers may have seen where a restore of D1 cannot reach it: each approval, rejection and credit note, written
 * before an answer shows it. D1 behind the ledger was restored: no number is given until the ledger was replayed.
 * D1 ahead of it is a crash in between: D1 is right.
 */
export class InvoiceLedger extends DurableObject<Env> {
  #last: Promise<unknown> = Promise.resolve()

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    state.storage.sql.exec('CREATE TABLE IF NOT EXISTS entries (nr INTEGER PRIMARY KEY, entry TEXT NOT NULL)')
  }

  /** Decides, and keeps the decision. Undefined if the invoice is no longer in the state, or not what was seen. */
  decide(decision: AnyDecision): Promise<LedgerEntry | undefined> {
    return this.#oneAtATime(async () => {
      const cost = noCost()
      const entry = await this.#decide(this.#openDb(cost), decision)
      const { kind, invoiceId } = decision
      createLog(this.env.LOG_LEVEL).debug('ledger.decided', { kind, invoiceId, nr: entry?.nr ?? null, d1: cost })
      return entry
    })
  }

  /**
   * Makes D1, whose last decision is number `lastInD1`, and the ledger the same again.
   * @param setAside whether D1 has set decisions aside, which are then tried again
   */
  reconcile(lastInD1: number, setAside = false): Promise<Reconciliation> {
    return this.#oneAtATime(async () => {
      const db = this.#openDb()
      const aside = setAside ? await listSetAside(db, CARRIED) : []
      for (const nr of aside) await this.#replay(db, this.#entriesAfter(nr - 1, 1))
      return this.#reconcile(db, lastInD1)
    })
  }

  /** As reconcile, and marks in D1 what stands in the ledger: a crash may have come between the two. */
  witness(lastInD1: number): Promise<void> {
    return this.#oneAtATime(async () => {
      const db = this.#openDb()
      await this.#reconcile(db, lastInD1)
      await markWitnessed(db, this.#highest())
    })
  }

  /** Overwrites what tells of a person in these entries, so that a restore brings no customer back who was erased. */
  erase(numbers: readonly number[]): void {
    const { sql } = this.ctx.storage
    for (const nr of numbers) {
      const [row] = sql.exec<{ entry: string }>('SELECT entry FROM entries WHERE nr = ?', nr).toArray()
      if (row === undefined) continue
      const erased = eraseEntry(JSON.parse(row.entry) as LedgerEntry)
      sql.exec('UPDATE entries SET entry = ? WHERE nr = ?', JSON.stringify(erased), nr)
    }
  }

  async #decide(db: BillingDb, decision: AnyDecision): Promise<LedgerEntry | undefined> {
    const entry = await save(db, decision, this.#highest() + 1)
    if (entry !== undefined) return this.#keep(db, entry)
    const { replayed, witnessed } = await this.#reconcile(db, await findLastDecision(db))
    if (replayed + witnessed === 0) return undefined
    const retried = await save(db, decision, this.#highest() + 1)
    return retried && this.#keep(db, retried)
  }

  async #reconcile(db: BillingDb, lastInD1: number): Promise<Reconciliation> {
    const done = { replayed: 0, witnessed: 0 }
    for (let from = lastInD1; from < this.#highest();) {
      const entries = this.#entriesAfter(from, CARRIED)
      await this.#replay(db, entries)
      done.replayed += entries.length
      from = entries.at(-1)?.nr ?? this.#highest()
    }
    while (this.#highest() < lastInD1) {
      const missed = await listDecisions(db, this.#highest(), CARRIED)
      // Fewer than were said to be there: a restore came in between, and the next comparison sees it.
      if (missed.length === 0) break
      for (const entry of missed) this.#write(entry)
      await markWitnessed(db, this.#highest())
      done.witnessed += missed.length
    }
    if (done.replayed + done.witnessed > 0) createLog(this.env.LOG_LEVEL).warn('ledger.reconciled', done)
    return done
  }

  /** Replays the entries. Where D1 refuses them, each alone, so that one that it refuses holds up no other. */
  async #replay(db: BillingDb, entries: readonly LedgerEntry[]): Promise<void> {
    try {
      await replayEntries(db, entries)
    } catch (error) {
      if (!isDataRefusal(error)) throw error
      const [first, ...others] = entries
      if (first === undefined) return
      if (others.length === 0) return this.#setAside(db, first, error)
      for (const entry of entries) await this.#replay(db, [entry])
    }
  }

  async #setAside(db: BillingDb, entry: LedgerEntry, error: unknown): Promise<void> {
    const { nr, kind, invoiceId, issuedNumber } = entry
    const refusal = describeError(error)
    createLog(this.env.LOG_LEVEL).error('ledger.refused', { nr, kind, invoiceId, issuedNumber, ...refusal })
    await setEntryAside(db, entry, String(error), new Date().toISOString())
  }

  async #keep(db: BillingDb, entry: LedgerEntry): Promise<LedgerEntry> {
    this.#write(entry)
    await markWitnessed(db, entry.nr)
    return entry
  }

  #write(entry: LedgerEntry): void {
    this.ctx.storage.sql.exec('INSERT INTO entries (nr, entry) VALUES (?, ?)', entry.nr, JSON.stringify(entry))
  }

  #highest(): number {
    return this.ctx.storage.sql.exec<{ nr: number }>('SELECT coalesce(max(nr), 0) AS nr FROM entries').one().nr
  }

  #entriesAfter(nr: number, most: number): LedgerEntry[] {
    const rows = this.ctx.storage.sql.exec<{ entry: string }>(
      'SELECT entry FROM entries WHERE nr > ? ORDER BY nr LIMIT ?',
      nr,
      most,
    )
    const [taken = []] = cutByBytes(rows, MOST_VALUE_BYTES, ({ entry }) => bytesOf(entry))
    return taken.map(({ entry }) => JSON.parse(entry) as LedgerEntry)
  }

  // Awaiting D1 lets other calls in: the input gate closes for the object's own storage only.
  #oneAtATime<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work)
    this.#last = result.catch(() => undefined)
    return result
  }

  #openDb(cost: D1Cost = noCost()): BillingDb {
    return openDb(this.env.DB, cost)
  }
}
