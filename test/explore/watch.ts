import type { Database } from './database.ts'
import type { Side } from './scheduler.ts'

type Numbered = { id: number; nr: number }
type Copied = { id: number; epoch: string; revision: number }
type Pulled = { epoch: string | null; drifts: number }

const NUMBERS = 'SELECT id, sequence_nr AS nr FROM records WHERE sequence_nr > 0'
const COPIES = 'SELECT id, epoch, revision FROM record_copies WHERE fingerprint IS NOT NULL'
const PULL = `SELECT epoch, (SELECT count(*) FROM record_repairs WHERE why = 'drift') AS drifts FROM record_pull`
const EPOCHS = 'SELECT epoch FROM record_epochs'

/** What was seen last, which is replaced by what is seen next and never changed. */
type Accepted = {
  shown: number
  tampered: boolean
  numbers: ReadonlyMap<number, number>
  copies: ReadonlyMap<number, Copied>
  pull: Pulled
  epochs: ReadonlySet<string>
}

/** What must hold after every statement or batch that lands, whoever has sent it. */
export class Watch {
  /** What did not hold, in sentences. */
  readonly broken: string[] = []
  /** The highest number that an answer of the feed has shown. */
  shown = 0
  tampered = false
  readonly #databases: Readonly<Record<Side, Database>>
  #numbers: ReadonlyMap<number, number> = new Map()
  #copies: ReadonlyMap<number, Copied> = new Map()
  #pull: Pulled = { epoch: null, drifts: 0 }
  #epochs: ReadonlySet<string> = new Set()
  #begun: Accepted | undefined

  constructor(databases: Readonly<Record<Side, Database>>) {
    this.#databases = databases
  }

  /** Begins at a moment. */
  begin(shown: number, tampered: boolean): void {
    this.accept()
    this.#begun = {
      shown,
      tampered,
      numbers: this.#numbers,
      copies: this.#copies,
      pull: this.#pull,
      epochs: this.#epochs,
    }
    this.beginAgain()
  }

  /** Begins at the same moment: both databases are as they were then. */
  beginAgain(): void {
    if (this.#begun === undefined) throw new Error('Cannot begin again: nothing has begun')
    const { shown, tampered, numbers, copies, pull, epochs } = this.#begun
    this.broken.length = 0
    this.shown = shown
    this.tampered = tampered
    this.#numbers = numbers
    this.#copies = copies
    this.#pull = pull
    this.#epochs = epochs
  }

  /** Takes both databases as they are, after what is no work of the protocol: a restore, or SQL. */
  accept(): void {
    this.#lookAtPublisher(() => undefined)
    this.#lookAtConsumer(() => undefined)
  }

  /** Looks at a side's database after something has landed there. */
  look(side: Side): void {
    const say = (sentence: string): void => void this.broken.push(sentence)
    if (side === 'publisher') this.#lookAtPublisher(say)
    else this.#lookAtConsumer(say)
  }

  /** Takes note of what a batch shows as it leaves the publisher. */
  seeBatch(text: string): void {
    const { records } = JSON.parse(text) as { records: { sequenceNr: number }[] }
    for (const { sequenceNr } of records) this.shown = Math.max(this.shown, sequenceNr)
  }

  #lookAtPublisher(say: (sentence: string) => void): void {
    const numbers = new Map<number, number>()
    const holders = new Map<number, number>()
    for (const { id, nr } of this.#databases.publisher.rows<Numbered>(NUMBERS)) {
      const other = holders.get(nr)
      if (other !== undefined) say(`Records ${other} and ${id} have the same number, ${nr}.`)
      if (this.#numbers.get(id) !== nr && nr <= this.shown) {
        say(`Record ${id} is assigned number ${nr}, and ${this.shown} was shown before: its reader has passed it.`)
      }
      holders.set(nr, id)
      numbers.set(id, nr)
    }
    this.#numbers = numbers
  }

  #lookAtConsumer(say: (sentence: string) => void): void {
    const { consumer } = this.#databases
    const copies = new Map<number, Copied>()
    for (const copy of consumer.rows<Copied>(COPIES)) {
      const before = this.#copies.get(copy.id)
      if (before !== undefined && before.epoch === copy.epoch && before.revision > copy.revision) {
        say(`Revision ${copy.revision} of record ${copy.id} overwrites revision ${before.revision} of the same epoch.`)
      }
      copies.set(copy.id, copy)
    }
    this.#copies = copies
    const [pull] = consumer.rows<Pulled>(PULL)
    if (pull === undefined) return say('The row of the pull is gone.')
    if (pull.epoch !== this.#pull.epoch && pull.epoch !== null && this.#epochs.has(pull.epoch)) {
      say('An epoch that the consumer has left is its own again.')
    }
    if (pull.drifts > this.#pull.drifts && !this.tampered) {
      say('A comparison has to correct a copy: the pulls have missed a change.')
    }
    this.#pull = pull
    this.#epochs = new Set(consumer.rows<{ epoch: string }>(EPOCHS).map(({ epoch }) => epoch))
  }
}
