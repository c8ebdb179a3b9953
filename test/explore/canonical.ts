import { createHash } from 'node:crypto'
import type { Image, Rows } from './database.ts'
import type { HeldCall } from './scheduler.ts'
import type { Moment } from './world.ts'

const EPOCH = /\b[0-9a-f]{16}\b/g
const TOKEN = /^([0-9a-f]{16})\.(\d+)$/

/**
 * What a moment is, as far as it decides what can come of it: equal for moments that differ only in the names of epochs,
 * in fingerprints, ids and instants, or by numbers and revisions that are all higher by the same.
 */
export function canonical(moment: Moment): string {
  const names = new Names(moment)
  const { publisher, consumer, kept, storage, held, shown, placed, tampered } = moment
  return JSON.stringify([
    publisherOf(names, publisher),
    consumerOf(names, consumer),
    publisherOf(names, kept.publisher),
    consumerOf(names, kept.consumer),
    storage.map(([name, value]) => [name, names.witness(value)]),
    held.map((call) => names.call(call)),
    names.number(shown),
    placed,
    tampered,
  ])
}

/** The canonical form and what else tells moments apart, in few bytes. */
export function digestOf(text: string): string {
  return createHash('sha1').update(text).digest('base64')
}

const PARSED = new Map<Image, Rows>()
const MOST_PARSED = 2000

/** The rows of an image; those that come again and again, as what is kept does, are parsed once. */
function rowsOfImage(image: Image): Rows {
  const known = PARSED.get(image)
  if (known !== undefined) return known
  const rows = JSON.parse(image) as Rows
  if (PARSED.size >= MOST_PARSED) PARSED.clear()
  PARSED.set(image, rows)
  return rows
}

type Row = Rows[string][number]

/** Renames what is drawn at random in the order in which it appears, and lowers what only rises. */
class Names {
  readonly #epochs = new Map<string, string>()
  readonly #fingerprints = new Map<number, number>()
  readonly #number: number
  readonly #revisions = new Map<number, number>()

  constructor({ publisher, consumer, kept, storage, held }: Moment) {
    // What a held call says of numbers and revisions is in its values, where nothing tells them from others.
    const images = [publisher, consumer, kept.publisher, kept.consumer].map(rowsOfImage)
    const numbers: number[] = storage.flatMap(([name, value]) =>
      name === 'witness' ? [(value as { highest: number }).highest] : [],
    )
    for (const rows of images) {
      for (const { sequence_nr: nr } of rows['records'] ?? []) if (Number(nr) > 0) numbers.push(Number(nr))
      for (const { highest } of rows['records_feed_state'] ?? []) numbers.push(Number(highest))
      for (const row of [...(rows['record_pull'] ?? []), ...(rows['record_runs'] ?? [])]) {
        const [, , number] = TOKEN.exec(String(row['token'])) ?? []
        if (number !== undefined) numbers.push(Number(number))
      }
      for (const table of ['records', 'record_copies', 'record_quarantine']) {
        for (const row of rows[table] ?? []) {
          if (row['revision'] === null) continue
          const [id, revision] = [Number(row['id']), Number(row['revision'])]
          this.#revisions.set(id, Math.min(revision, this.#revisions.get(id) ?? revision))
        }
      }
    }
    this.#number = held.length > 0 ? 0 : Math.max(0, Math.min(...numbers) - 1)
    if (held.length > 0) this.#revisions.clear()
  }

  /** A number of the feed, counted from the lowest that is known. */
  number(nr: number): number {
    return nr > 0 ? nr - this.#number : nr
  }

  revision(id: number, revision: number | null): number | null {
    return revision === null ? null : revision - (this.#revisions.get(id) ?? 1) + 1
  }

  epoch(epoch: string): string {
    const known = this.#epochs.get(epoch) ?? `e${this.#epochs.size}`
    this.#epochs.set(epoch, known)
    return known
  }

  fingerprint(fingerprint: number | null): number | null {
    if (fingerprint === null) return null
    const known = this.#fingerprints.get(fingerprint) ?? this.#fingerprints.size
    this.#fingerprints.set(fingerprint, known)
    return known
  }

  token(token: string | null): string | null {
    const [, epoch, number] = TOKEN.exec(token ?? '') ?? []
    return epoch === undefined ? token : `${this.epoch(epoch)}.${this.number(Number(number))}`
  }

  witness(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value
    const { epoch, highest } = value as { epoch: string; highest: number }
    return [this.epoch(epoch), this.number(highest)]
  }

  /** A call that is held, with the epochs, fingerprints, ids and instants in it renamed. */
  call(call: HeldCall): unknown {
    const said = call.to === 'binding' ? [call.path, call.body] : call.statements
    return JSON.stringify(said)
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '*')
      .replaceAll(/00000000-0000-4000-8000-\d{12}/g, '*')
      .replaceAll(EPOCH, (epoch) => this.epoch(epoch))
      .replaceAll(
        /(fingerprint\W+)(\d+)/g,
        (_, before: string, nr: string) => `${before}${this.fingerprint(Number(nr))}`,
      )
  }
}

function publisherOf(names: Names, image: Image): unknown {
  const rows = rowsOfImage(image)
  const records = rows['records'] ?? []
  const [feed] = rows['records_feed_state'] ?? []
  const instants = [...records.map((row) => String(row['published_at'])), String(feed?.['last_since'])].sort()
  const place = (instant: unknown): number => instants.indexOf(String(instant))
  return [
    feed && [
      names.epoch(String(feed['epoch'])),
      names.number(Number(feed['highest'])),
      place(feed['last_since']),
      feed['last_key'],
    ],
    records.map((row) => [
      row['id'],
      row['state'],
      row['content'],
      place(row['published_at']),
      names.revision(Number(row['id']), revisionOf(row)),
      names.number(Number(row['sequence_nr'])),
      names.fingerprint(Number(row['fingerprint'])),
    ]),
  ]
}

function consumerOf(names: Names, image: Image): unknown {
  const rows = rowsOfImage(image)
  const [pull] = rows['record_pull'] ?? []
  return [
    pull && [
      names.token(pull['token'] as string | null),
      pull['epoch'] === null ? null : names.epoch(String(pull['epoch'])),
      pull['repair'],
      pull['run_id'] === null,
      pull['compared_at'] === null,
    ],
    (rows['record_epochs'] ?? []).map((row) => names.epoch(String(row['epoch']))),
    [...new Set((rows['record_runs'] ?? []).map((row) => names.token(row['token'] as string | null)))],
    (rows['record_copies'] ?? []).map((row) => [
      row['id'],
      names.revision(Number(row['id']), revisionOf(row)),
      names.fingerprint(row['fingerprint'] === null ? null : Number(row['fingerprint'])),
      names.epoch(String(row['epoch'])),
      row['deleted'],
      row['orphaned'],
      (JSON.parse(String(row['record'])) as { state: string }).state,
    ]),
    (rows['record_quarantine'] ?? [])
      .filter((row) => row['closed_at'] === null)
      .map((row) => [
        row['subject'],
        names.revision(Number(row['id']), revisionOf(row)),
        Math.min(1, Number(row['attempts'])),
        names.token(row['batch_token'] as string | null),
      ]),
    (rows['record_outbox'] ?? []).map((row) => [
      row['subject'],
      (JSON.parse(String(row['notice'])) as { kind: string }).kind,
      row['pending'],
      row['refused'],
    ]),
  ]
}

function revisionOf(row: Row): number | null {
  return row['revision'] === null ? null : Number(row['revision'])
}
