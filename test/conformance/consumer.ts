import { must, mustEqual, type Side } from './case.ts'
import { type Card, isRec, type Names, ORDERS, type Rec } from './names.ts'
import { Script } from './script.ts'
import { type Asked, serve, type Served } from './serve.ts'
import { Talk } from './talk.ts'

/** A copy as the consumer shows it. */
export type Copy = { key: number; revision: number; deleted: boolean; orphaned: boolean; record: Rec }
/** What a consumer has: its copies by key, and the keys of what it has set aside. */
export type Kept = { copies: Copy[]; quarantined: number[] }

/** The consumer under judgement, with the kit as its publisher. */
export class Consumer implements Side {
  readonly talk: Talk
  readonly names: Names
  readonly hands: ReadonlySet<string>
  script: Script
  readonly card: Card
  #publisher: Served | undefined

  private constructor(talk: Talk, card: Card) {
    this.talk = talk
    this.card = card
    this.names = card.names ?? ORDERS
    this.hands = new Set(card.hands)
    this.script = this.#newScript()
  }

  /**
   * @param url the consumer's control interface
   * @param port where the kit answers as publisher; 0: one that is free
   */
  static async open(url: string, port = 0): Promise<Consumer> {
    const talk = new Talk(url)
    const { body } = await talk.ask('GET', '')
    const consumer = new Consumer(talk, isRec(body) ? body : {})
    consumer.#publisher = await serve((asked) => Promise.resolve(consumer.#respond(asked)), port)
    return consumer
  }

  async close(): Promise<void> {
    await this.#publisher?.close()
  }

  #newScript(): Script {
    return new Script(this.names, this.card.sample ?? {}, this.card.text ?? 'note')
  }

  #respond(asked: Asked) {
    const sent = this.script.respond(asked)
    const what = [asked.method, asked.path, asked.body].join(' ').trim().slice(0, 200)
    this.talk.note(
      `(as publisher) was asked ${what}`,
      `answered ${sent?.status ?? 'nothing'} ${sent?.body.slice(0, 200) ?? ''}`,
    )
    return sent
  }

  /** Lets the consumer forget everything, and gives it a publisher without records. */
  async begin(...keys: number[]): Promise<Script> {
    this.script = this.#newScript()
    await this.act('reset', { publisher: this.#publisher?.url })
    this.script.putAll(...keys)
    return this.script
  }

  /** One run of the pull. What it came to is seen by its copies. */
  async pull(): Promise<void> {
    await this.act('pull', {})
  }

  /** As many runs as it takes to come to the feed's end, at most six. */
  async settle(): Promise<void> {
    for (let run = 0; run < 6; run += 1) {
      await this.pull()
      if (this.script.isAtEnd) return
    }
  }

  /** Lets the consumer read one record by its key, as a deep link does; it may say that it cannot. */
  async follow(key: number): Promise<void> {
    await this.act('follow', { key })
  }

  async act(hand: string, told: object): Promise<unknown> {
    const { status, text, body } = await this.talk.ask('POST', `/${hand}`, told)
    if (status !== 200) throw new Error(`The control interface answered ${status} to ${hand}: ${text.slice(0, 300)}`)
    return body
  }

  /** Ends the fault that was asked for; returns whether it has struck. */
  async endFault(hand: 'fail' | 'lose'): Promise<boolean> {
    const answer = await this.act(hand, { call: 0 })
    return isRec(answer) && answer['struck'] === true
  }

  /** What it has. */
  async look(): Promise<Kept> {
    const { body, text } = await this.talk.ask('GET', '/copies')
    must(
      isRec(body) && Array.isArray(body['copies']) && Array.isArray(body['quarantined']),
      `saw ${text.slice(0, 200)}`,
    )
    return body as Kept
  }

  async lookAt(key: number): Promise<Copy | undefined> {
    return (await this.look()).copies.find((copy) => copy.key === key)
  }

  /** Throws unless the copies of these keys, and no others, are what the publisher says, live ones and tombstones. */
  async mustHave(...keys: number[]): Promise<void> {
    const { copies } = await this.look()
    const seen = copies
      .filter(({ orphaned }) => !orphaned)
      .map(({ key, revision, deleted, record }) => [key, revision, deleted, deleted ? null : this.textOf(record)])
    const expected = keys.map((key) => {
      const record = this.script.show(key) ?? {}
      const deleted = Object.entries(this.names.tombstone).every(([member, value]) => record[member] === value)
      return [key, record['revision'], deleted, deleted ? null : this.textOf(record)]
    })
    mustEqual(seen.sort(byKey), expected.sort(byKey), 'copies as [key, revision, deleted, text]')
  }

  textOf(record: Rec): unknown {
    return record[this.card.text ?? 'note']
  }
}

function byKey([one]: readonly unknown[], [other]: readonly unknown[]): number {
  return Number(one) - Number(other)
}
