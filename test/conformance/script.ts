import { isRec, type Names, type Rec } from './names.ts'
import { type Asked, json, type Sent } from './serve.ts'

/** A record of the scripted publisher. `unfit`: it lacks its content, so that no consumer can read it. */
type Held = {
  key: number
  revision: number
  place: number
  fingerprint: number
  deleted: boolean
  unfit: boolean
  more: Rec
}
/** What takes the place of one answer; undefined: the connection ends without one. */
export type Instead = (asked: Asked) => Sent | undefined
/** How a record is changed; what is left out follows from the one before. */
export type Put = Partial<Omit<Held, 'key'>>

const RANGE_SIZE = 256

/**
 * The publisher that the kit is while it judges a consumer. Its records have their numbers at once, its tokens need
 * percent-encoding, and it answers otherwise where a case says so. It keeps what it was asked.
 */
export class Script {
  readonly asked: Asked[] = []
  readonly notices: Rec[] = []
  /** The most records of a batch, if the consumer asks for more. */
  mostInBatch = 1_000
  /** The keys that a reconciliation is told to leave out. */
  moving: number[] = []
  epoch = 'first-epoch-9f27c1'
  /** Whether the batch that was asked for last was the feed's end, and was answered plainly. */
  isAtEnd = false
  readonly #names: Names
  readonly #sample: Rec
  readonly #text: string
  #held = new Map<number, Held>()
  #highest = 0
  #epochs = 1
  #fingerprint = 1_000_003
  readonly #instead: { matching: string; answer: Instead; times: number }[] = []

  constructor(names: Names, sample: Rec, text: string) {
    this.#names = names
    this.#sample = sample
    this.#text = text
  }

  /** Publishes a record, or changes it: a revision, a fingerprint and a number of its own, unless `put` says otherwise. */
  put(key: number, put: Put = {}): void {
    const before = this.#held.get(key)
    const revision = (before?.revision ?? 0) + 1
    this.#highest += 1
    this.#fingerprint = (this.#fingerprint * 48_271) % 2 ** 31
    const drawn = { revision, place: this.#highest, fingerprint: this.#fingerprint }
    this.#held.set(key, { ...drawn, key, deleted: false, unfit: false, more: {}, ...put })
  }

  putAll(...keys: number[]): void {
    for (const key of keys) this.put(key)
  }

  /** The record's revision; 0 where there is none. */
  revisionOf(key: number): number {
    return this.#held.get(key)?.revision ?? 0
  }

  /** Sends a record again as it is, at a new place, with these members more. */
  republish(key: number, more: Rec = {}): void {
    const held = this.#held.get(key)
    if (held === undefined) throw new Error(`There is no record ${key} to republish`)
    this.#highest += 1
    this.#held.set(key, { ...held, place: this.#highest, more: { ...held.more, ...more } })
  }

  /** Remembers the records; what is returned restores them, as a backup would, in a new epoch. */
  keep(): () => void {
    const kept = new Map(this.#held)
    return () => {
      this.#held = new Map(kept)
      this.beginEpoch()
    }
  }

  beginEpoch(): void {
    this.#epochs += 1
    this.epoch = `epoch-${this.#epochs * 7_919}-a41`
  }

  /** The token behind the record with the number `place`; it needs percent-encoding. */
  tokenAt(place: number, epoch = this.epoch): string {
    return `${epoch}+/${place}=&`
  }

  /** Answers the next request whose method and path contain `matching` so, or as many as `times` says. */
  answer(matching: string, answer: Instead, times = 1): void {
    this.#instead.push({ matching, answer, times })
  }

  /** What was asked whose method and path begin so, since the last time that `asked` was emptied. */
  askedFor(start: string): Asked[] {
    return this.asked.filter(({ method, path }) => `${method} ${path}`.startsWith(start))
  }

  /** The tokens of the batches that were asked for; null is the start. */
  tokensAsked(): (string | null)[] {
    const { feed } = this.#names
    return this.askedFor(`GET /${feed}?`)
      .concat(this.asked.filter(({ method, path }) => method === 'GET' && path === `/${feed}`))
      .map(({ path }) => new URL(path, 'http://kit').searchParams.get('after'))
  }

  /** The record as it crosses; null where there is none. */
  show(key: number): Rec | null {
    const held = this.#held.get(key)
    return held === undefined ? null : this.write(held)
  }

  write({ key, revision, place, fingerprint, deleted, unfit, more }: Held): Rec {
    const names = this.#names
    const facts = { [names.key]: key, revision, [names.place]: place, fingerprint }
    if (unfit) return { ...facts, ...more }
    const content = { ...this.#sample, [this.#text]: this.contentOf(key, revision) }
    return { ...content, ...facts, ...(deleted ? names.tombstone : {}), ...more }
  }

  /** What the text of a record says. */
  contentOf(key: number, revision: number): string {
    return `record ${key}, revision ${revision}`
  }

  /** The batch after the place, as the feed answers it. */
  batchAfter(place: number, limit: number): Rec {
    const behind = [...this.#held.values()]
      .filter((held) => held.place > place)
      .sort((one, other) => one.place - other.place)
    const taken = behind.slice(0, Math.min(limit, this.mostInBatch))
    const next = this.tokenAt(taken.at(-1)?.place ?? place)
    const more = behind.length > taken.length
    return { [this.#names.feed]: taken.map((held) => this.write(held)), next, more, epoch: this.epoch }
  }

  respond(asked: Asked): Sent | undefined {
    this.asked.push(asked)
    const described = `${asked.method} ${asked.path}`
    const place = this.#instead.findIndex(({ matching }) => described.includes(matching))
    const instead = this.#instead[place]
    const asksForBatch = asked.method === 'GET' && asked.path.split('?')[0] === `/${this.#names.feed}`
    if (asksForBatch) this.isAtEnd = false
    if (instead === undefined) return this.#plainly(asked)
    instead.times -= 1
    if (instead.times === 0) this.#instead.splice(place, 1)
    return instead.answer(asked)
  }

  #plainly({ method, path, body }: Asked): Sent {
    const { pathname, searchParams } = new URL(path, 'http://kit')
    const { feed, epochHeader } = this.#names
    const sent: unknown = body === '' ? undefined : JSON.parse(body)
    if (method === 'GET' && pathname === `/${feed}`) return this.#answerBatch(searchParams)
    if (method === 'GET' && pathname.startsWith(`/${feed}/`)) {
      const record = this.show(Number(pathname.split('/')[2]))
      return record === null ? problem(404, 'not-found') : json(record, 200, { [epochHeader]: this.epoch })
    }
    switch (`${method} ${pathname}`) {
      case 'GET /digest':
        return json({ epoch: this.epoch, upTo: this.#highest, ranges: this.#sumRanges(), moving: this.moving })
      case 'POST /fingerprints':
        return json({ epoch: this.epoch, ...this.#listFingerprints(isRec(sent) ? sent : {}), moving: this.moving })
      case 'POST /ahead':
        this.beginEpoch()
        return json({ epoch: this.epoch })
      case 'POST /notices': {
        const notices = isRec(sent) ? (sent['notices'] as Rec[]) : []
        this.notices.push(...notices)
        return json({ kept: notices.length, refused: [] })
      }
      case 'GET /lag':
        return json({ epoch: this.epoch, waiting: 0, oldestWaitingAt: null, behind: 0 })
      case 'POST /restore':
        return json(this.#restoreMissing(isRec(sent) ? sent : {}))
      default:
        return problem(404, 'not-found')
    }
  }

  #answerBatch(query: URLSearchParams): Sent {
    const after = query.get('after')
    const [, epoch = this.epoch, place = '0'] = after === null ? [] : (/^(.+)\+\/(\d+)=&$/.exec(after) ?? [null, ''])
    if (epoch === '') return problem(400, 'invalid-token')
    if (epoch !== this.epoch) return this.refuseToken(this.epoch)
    const batch = this.batchAfter(Number(place), Number(query.get('limit') ?? 500))
    this.isAtEnd = batch['more'] === false
    return json(batch)
  }

  /** The refusal of a token, naming the epoch to read under. */
  refuseToken(epoch: string): Sent {
    return problem(410, 'restored', { epoch })
  }

  #settled(): Held[] {
    return [...this.#held.values()].filter(({ key }) => !this.moving.includes(key))
  }

  #sumRanges(): [number, number, number][] {
    const ranges = new Map<number, [number, number, number]>()
    for (const { key, fingerprint } of this.#settled()) {
      const range = Math.floor(key / RANGE_SIZE)
      const [, count, sum] = ranges.get(range) ?? [range, 0, 0]
      ranges.set(range, [range, count + 1, sum + fingerprint])
    }
    return [...ranges.values()]
  }

  #listFingerprints({ ranges, [this.#names.keys]: keys }: Rec): Rec {
    const isAsked = (key: number): boolean =>
      (ranges as number[]).includes(Math.floor(key / RANGE_SIZE)) || (keys as number[]).includes(key)
    const listed = this.#settled().filter(({ key }) => isAsked(key))
    return { [this.#names.feed]: listed.map(({ key, fingerprint }) => [key, fingerprint]) }
  }

  #restoreMissing({ preview, [this.#names.feed]: records }: Rec): Rec {
    const keys = (records as Rec[]).map((record) => Number(record[this.#names.key]))
    const free = keys.filter((key) => !this.#held.has(key))
    if (preview !== true) for (const key of free) this.put(key, { revision: 100 })
    const refused = keys.filter((key) => !free.includes(key) || (preview !== true && !this.#held.has(key)))
    return { restored: free, refused: refused.map((key) => ({ [this.#names.key]: key, reason: 'number_taken' })) }
  }
}

/** A refusal as problem details. */
export function problem(status: number, name: string, members: Rec = {}): Sent {
  const details = { type: `/problems/${name}`, title: name, status, detail: name, ...members }
  return json(details, status, { 'Content-Type': 'application/problem+json' })
}
