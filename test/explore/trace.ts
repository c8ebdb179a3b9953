import type { Action, Fault, Kind } from './bounds.ts'

/** Where a call goes, and what it is for: a line of PLACES. */
export type Where = 'publisher' | 'consumer' | 'binding'

/**
 * What happens at one call of an action: the call after `after` others of the same name, counted since the action began or
 * since another one was taken between its steps. Before a call to a database is held, those are counted that arrived there.
 */
export type TracedEvent = { at: string; after: number } & ({ fault: Fault } | { first: TracedAction })

/** An action with what happens between its steps, in their sequence. */
export type TracedAction = Action & { events: TracedEvent[] }

/**
 * What both sides hold, as far as it does not depend on what is drawn at random. `number` is -1 for a record that waits;
 * `isCurrent`: under the publisher's epoch. The lists are by rising key.
 */
export type Standing = {
  records: { key: number; revision: number; number: number; isDeleted: boolean; content: string }[]
  highest: number
  copies: { key: number; revision: number; isDeleted: boolean; isOrphan: boolean; isCurrent: boolean }[]
  setAside: number[]
  token: { number: number; isCurrent: boolean } | null
  repair: string | null
}

/** A history that can be lived again elsewhere: by the names of calls, and not by how many there were to choose from. */
export type Trace = {
  /** What it was found by, and where: the bounds with a number, or the wrong design that falls by it. */
  name: string
  /** Its sentences, for a reader. */
  story: readonly string[]
  actions: readonly TracedAction[]
  /** What the explorer says of both sides after the actions, and once pulls, a comparison and further pulls came after them. */
  end: Standing
  settled: Standing
}

/** Where a history ends, and what does not hold in it, in sentences. */
export type Ends = Pick<Trace, 'end' | 'settled'> & { broken: readonly string[] }

/** Why a history cannot be lived again on the Workers: a call has no name, or they cannot be made to do it. */
export type NotTraceable = { notTraceable: string }

/** What settles a history, whatever has gone wrong in it. */
export const SETTLING: readonly Kind[] = ['pull', 'pull', 'compare', 'pull', 'pull']

/** A call by its name: what tells it in the explorer's own SQL or paths, and in those of the Workers. */
export type Place = { name: string; where: Where; says: RegExp; inWorkers: string }

/**
 * The calls that a trace can name. A text of the Workers must be in the same calls as the explorer's, no more and no fewer:
 * what is counted here is counted there.
 */
export const PLACES: readonly Place[] = [
  ...same('consumer', {
    'the beginning of the run': 'run_started_at = ?',
    'the batch with its token': 'SET token = ?, batch_id',
    'the beginning of the repair': `repair = 'reading', agreed`,
    'the end of the repair': 'SET repair = NULL',
    'the end of the run': 'lease_until = 0',
    'the outcome of the comparison': 'SET compared_at',
    'the look at what is stored of a batch': 'SELECT key, done, repeated FROM',
  }),
  ...renamed('consumer', {
    'the epoch that is learned': ['INSERT INTO record_epochs', 'INSERT INTO epochs'],
    'the correction of a copy': ['INSERT INTO record_repairs', 'INSERT INTO repairs'],
    'the attempt that failed': ['UPDATE record_quarantine SET attempts', 'UPDATE quarantine SET attempts'],
    'the pause of what is set aside': ['UPDATE record_quarantine SET next_try_at', 'UPDATE quarantine SET next_try_at'],
    'the end of what is set aside': [
      'UPDATE record_quarantine SET closed_at = ? WHERE subject',
      'UPDATE quarantine SET closed_at = ? WHERE subject',
    ],
    'the reset': ['INSERT INTO record_resets', 'INSERT INTO resets'],
    'the look at what is set aside': [
      'SELECT id AS key FROM record_quarantine',
      'SELECT number AS key FROM quarantine',
    ],
    'the purge': ['DELETE FROM record_runs', 'DELETE FROM pull_runs'],
    'the notices that are sent again': [
      'UPDATE record_outbox SET pending = 1 WHERE refused',
      'UPDATE outbox SET pending = 1 WHERE refused',
    ],
    'the notices that arrived': ['UPDATE record_outbox SET pending = 0', 'UPDATE outbox SET pending = 0'],
  }),
  ...same('publisher', {
    'the numbering': 'numbering = 1',
    'the opening of an epoch': 'SET epoch = lower',
    'the look at the feed': 'AS lastSince',
    'the look at a record': 'AS feedEpoch',
  }),
  ...renamed('publisher', {
    'the look for the highest key': [
      'SELECT coalesce(max(id), 0) AS highest',
      'SELECT coalesce(max(number), 0) AS highest',
    ],
  }),
  ...renamed('binding', {
    'the request for a batch': ['/records?', '/orders?'],
    'the request for a record': ['/records/', '/orders/'],
  }),
  ...same('binding', {
    'the request for the digest': '/digest',
    'the request for fingerprints': '/fingerprints',
    'the report that the consumer is ahead': '/ahead',
    'the request that sends notices': '/notices',
    'the request that restores orphans': '/restore',
  }),
]

function same(where: Where, texts: Record<string, string>): Place[] {
  return Object.entries(texts).map(([name, text]) => ({ name, where, says: literal(text), inWorkers: text }))
}

function renamed(where: Where, texts: Record<string, readonly [here: string, inWorkers: string]>): Place[] {
  return Object.entries(texts).map(([name, [here, inWorkers]]) => ({ name, where, says: literal(here), inWorkers }))
}

function literal(text: string): RegExp {
  return new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
}

/** The place of this name. */
export function placeNamed(name: string): Place {
  const place = PLACES.find((one) => one.name === name)
  if (place === undefined) throw new Error(`Cannot find the place ${name}: there is no such one`)
  return place
}
