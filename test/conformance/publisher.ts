import { Breach, must, NotOffered, type Side } from './case.ts'
import { type Card, isRec, isTombstone, type Names, ORDERS, type Rec } from './names.ts'
import { type Reply, Talk } from './talk.ts'

/** A record with what the protocol reads in it. */
export type Entry = {
  key: number
  revision: number
  place: number
  fingerprint: number
  deleted: boolean
  record: Rec
}
/** A batch of the feed. `epoch` is undefined where there is none. */
export type Batch = { entries: Entry[]; next: string; more: boolean; epoch: string | undefined; body: Rec }

const MOST_BATCHES = 5_000
const MOST_LIMIT = 1_000

/** The publisher under judgement. */
export class Publisher implements Side {
  readonly talk: Talk
  readonly names: Names
  readonly hands: ReadonlySet<string>
  /** A notice that this publisher can read; undefined where its card has none. */
  readonly notice: Rec | undefined
  readonly #control: Talk
  #token: string | null = null

  private constructor(talk: Talk, control: Talk, card: Card) {
    this.talk = talk
    this.#control = control
    this.names = card.names ?? ORDERS
    this.hands = new Set(card.hands)
    this.notice = card.notice
  }

  /** @param control the address of the control interface; where nothing answers, the publisher has no hands */
  static async open(url: string, control: string): Promise<Publisher> {
    const hands = new Talk(control)
    const { status, body } = await hands.ask('GET', '')
    return new Publisher(new Talk(url), hands, status === 200 && isRec(body) ? body : {})
  }

  /** The batch after the token (null: from the start). Throws unless it is one. */
  async readBatch(after: string | null, limit = MOST_LIMIT): Promise<Batch> {
    const reply = await this.askBatch(after, limit)
    const { body } = reply
    must(reply.status === 200 && isRec(body), `expected a batch, saw ${reply.status} ${reply.text.slice(0, 200)}`)
    const { [this.names.feed]: records, next, more, epoch } = body as Rec
    if (!Array.isArray(records) || typeof next !== 'string') {
      throw new Breach(`expected a batch with ${this.names.feed} and next, saw ${reply.text.slice(0, 200)}`)
    }
    return {
      entries: records.map((record) => this.toEntry(record)),
      next,
      more: more === true,
      epoch: typeof epoch === 'string' ? epoch : undefined,
      body: body as Rec,
    }
  }

  askBatch(after: string | null, limit: number): Promise<Reply> {
    return this.talk.ask(
      'GET',
      `/${this.names.feed}?limit=${limit}${after === null ? '' : `&after=${encodeURIComponent(after)}`}`,
    )
  }

  /** All batches from the token to the feed's end. */
  async readBatches(after: string | null, limit = MOST_LIMIT): Promise<Batch[]> {
    const batches: Batch[] = []
    let token = after
    for (let count = 0; count < MOST_BATCHES; count += 1) {
      const batch = await this.readBatch(token, limit)
      batches.push(batch)
      if (!batch.more) return batches
      must(batch.next !== token, 'there is more, and the batch does not go on')
      token = batch.next
    }
    throw new Breach(`the feed did not end within ${MOST_BATCHES} batches`)
  }

  /** What comes after the token, to the feed's end. */
  async readAfter(token: string | null, limit = MOST_LIMIT): Promise<Entry[]> {
    return (await this.readBatches(token, limit)).flatMap(({ entries }) => entries)
  }

  /** Reads on to the feed's end, from where a case before this one has read to, and returns the token. */
  async readToEnd(): Promise<string> {
    const last = (await this.#readOn()).at(-1)
    must(last !== undefined, 'the feed has no end')
    this.#token = last?.next ?? ''
    return this.#token
  }

  /** The batches behind the token that is known, or all where it was lost. */
  async #readOn(): Promise<Batch[]> {
    if (this.#token === null) return this.readBatches(null)
    try {
      return await this.readBatches(this.#token)
    } catch (error) {
      if (!(error instanceof Breach)) throw error
      return this.readBatches(null)
    }
  }

  toEntry(record: unknown): Entry {
    if (!isRec(record)) throw new Breach(`expected a record, saw ${JSON.stringify(record)}`)
    const { [this.names.key]: key, revision, [this.names.place]: place, fingerprint } = record
    for (const [member, value] of Object.entries({
      [this.names.key]: key,
      revision,
      [this.names.place]: place,
      fingerprint,
    })) {
      must(Number.isSafeInteger(value), `expected an integer as ${member}, saw ${JSON.stringify(value)}`)
    }
    const numbers = { key, revision, place, fingerprint } as Omit<Entry, 'deleted' | 'record'>
    return { ...numbers, deleted: isTombstone(this.names, record), record }
  }

  /** The record with this key, as it is now. Throws unless it is answered 200. */
  async readOne(key: number): Promise<Entry & { epoch: string | null }> {
    const reply = await this.askOne(key)
    must(reply.status === 200, `expected the record ${key}, saw ${reply.status}`)
    return { ...this.toEntry(reply.body), epoch: reply.headers.get(this.names.epochHeader) }
  }

  askOne(key: number | string): Promise<Reply> {
    return this.talk.ask('GET', `/${this.names.feed}/${key}`)
  }

  /** Asks for what a publisher need not offer: where it answers 404, the case is not judged. */
  async askOffered(method: string, path: string, body?: unknown): Promise<Reply> {
    const reply = await this.talk.ask(method, path, body)
    if (reply.status === 404) throw new NotOffered(`it does not offer ${path.split('?')[0]}`)
    return reply
  }

  /** As `askOffered`, and throws unless it is answered 200 with an object. */
  async readOffered(method: string, path: string, body?: unknown): Promise<Rec & { epoch?: unknown }> {
    const reply = await this.askOffered(method, path, body)
    const { status, text } = reply
    if (status !== 200 || !isRec(reply.body)) throw new Breach(`expected 200, saw ${status} ${text.slice(0, 200)}`)
    return reply.body
  }

  /** Has published records made, and returns their keys. */
  async create(count = 1, bytes = 0): Promise<number[]> {
    return keysOf(await this.act('create', bytes === 0 ? { count } : { count, bytes }))
  }

  /** Has one made, and returns its key. */
  async createOne(): Promise<number> {
    const [key] = await this.create()
    if (key === undefined) throw new Error('The hand create made nothing')
    return key
  }

  /** Has each of the records changed in its content. */
  async change(...keys: number[]): Promise<void> {
    await this.act('change', { keys })
  }

  async delete(...keys: number[]): Promise<void> {
    await this.act('delete', { keys })
  }

  /** Has a record made that is not published. */
  async draft(): Promise<number> {
    const [key] = keysOf(await this.act('draft', {}))
    if (key === undefined) throw new Error('The hand draft made nothing')
    return key
  }

  /** Has the database put back to what it was when this was kept; what is outside it stays. */
  async restoreAfter(what: () => Promise<void>): Promise<void> {
    await this.act('keep', {})
    await what()
    await this.act('restore', {})
  }

  /** Has the control interface do something. */
  async act(hand: string, told: object): Promise<unknown> {
    const { status, text, body } = await this.#control.ask('POST', `/${hand}`, told)
    this.talk.note(`(control) ${hand} ${JSON.stringify(told).slice(0, 200)}`, `${status} ${text.slice(0, 200)}`)
    if (status !== 200) throw new Error(`The control interface answered ${status} to ${hand}: ${text.slice(0, 300)}`)
    return body
  }
}

function keysOf(body: unknown): number[] {
  const keys = isRec(body) ? body['keys'] : undefined
  if (!Array.isArray(keys)) throw new Error('The control interface answers the keys of what it made')
  return keys as number[]
}
