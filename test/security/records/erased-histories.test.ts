import { createHash } from 'node:crypto'
import { array, assert, asyncProperty, constantFrom, integer, noBias, record } from 'fast-check'
import { expect, it } from 'vitest'
import type { Invoice } from '../../../workers/billing/documents/invoice.ts'
import { approve, readInvoice, reject } from '../../billing/support.ts'
import { anOrder, type Draft, importOrders, type ImportLine } from '../../support/orders.ts'
import type { Answer } from '../../../shared/simulator/running-worker.ts'
import { startTogether, type Together } from '../../support/together.ts'
import { aPerson, findFingerprints, findTerms, findTraces, type Person, readStored } from './person-traces.ts'

const ACTS = [
  'enter',
  'enter',
  'import',
  'import',
  'list',
  'amend',
  'hand on',
  'hand on',
  'hand on',
  'confirm',
  'delete',
  'pull',
  'approve',
  'approve',
  'reject',
  'reject',
  'credit',
  'reissue',
  'erase',
] as const
type Act = (typeof ACTS)[number]
/**
 * What somebody does: `which` is an order by how many came after it. To approve or to reject, the order is first confirmed,
 * and pulled.
 */
type Step = { act: Act; who: number; which: number }

const step = record<Step>({
  act: constantFrom(...ACTS),
  who: integer({ min: 0, max: 2 }),
  which: integer({ min: 0, max: 3 }),
})

let words = 0
/** Ten letters, of which no other word has three in a row but by a rare chance, and always the same. */
function aWord(): string {
  words += 1
  const digest = createHash('sha256').update(`word ${words}`).digest()
  return [...digest.subarray(0, 10)].map((byte) => String.fromCharCode(65 + (byte % 26))).join('')
}

/** An order of theirs, for which everything is written that an order can say of somebody. */
function orderOf(person: Person, placedAt: string): Draft {
  const { word, customer } = person
  const nr = person.written.length + 1
  const texts = { note: `${word} rings, ${nr}`, taxExemptionReason: `As ${word} says, ${nr}` }
  const draft = { ...anOrder({ customer, placedAt }), ...texts }
  person.written.push(draft)
  person.texts.push(...Object.values(texts))
  return draft
}

/** What three customers and their orders go through. */
class History {
  readonly #together: Together
  readonly persons: readonly Person[] = [aPerson(aWord()), aPerson(aWord()), aPerson(aWord())]
  readonly #orders: number[] = []
  readonly #owner = new Map<number, Person>()
  readonly #lines: ImportLine[] = []
  readonly #known = new Set<Person>()
  readonly erased = new Set<Person>()

  constructor(together: Together) {
    this.#together = together
  }

  async take({ act, who, which }: Step): Promise<void> {
    const person = this.persons[who]
    if (person === undefined) throw new Error(`There is no person ${who}`)
    const order = this.#orders.at(-1 - which)
    if (act === 'enter') return this.enter(person, which)
    if (act === 'import') return this.import(person, which)
    if (act === 'list') return this.list(person)
    if (act === 'pull') return void (await this.#together.pull())
    if (act === 'erase') return void (await this.erase(person))
    if (order !== undefined) await this.#change(act, order, person)
  }

  async enter(person: Person, which: number): Promise<void> {
    const draft = orderOf(person, '2026-03-02T09:30:00.000Z')
    const key: Record<string, string> = which % 2 === 0 ? {} : { 'Idempotency-Key': crypto.randomUUID() }
    const answer = await this.#together.ordering.send('POST', '/api/orders', draft, key)
    const expected = this.erased.has(person) ? 409 : 201
    if (answer.status !== expected) throw new Error(`Expected ${expected}, got ${answer.status}`)
    if (answer.ok) this.#keep(((await answer.json()) as { number: number }).number, person)
  }

  /** A new line, or an earlier one again. */
  async import(person: Person, which: number): Promise<void> {
    const earlier = this.#lines[which]
    const externalId = `L-${words}-${this.#lines.length}`
    const state = which % 3 === 0 ? 'Draft' : 'Confirmed'
    const line = earlier ?? { ...orderOf(person, '2026-03-03T09:30:00.000Z'), externalId, state }
    if (earlier === undefined) this.#lines.push(line)
    await importOrders(this.#together.ordering, [line])
    const [found] = await this.#together.ordering.sql<{ number: number }>(
      'SELECT number FROM orders WHERE external_id = ?',
      line.externalId,
    )
    if (found !== undefined) this.#keep(found.number, this.#owner.get(found.number) ?? person)
  }

  async list(person: Person): Promise<void> {
    const headers = { 'Content-Type': 'application/x-ndjson' }
    const body = JSON.stringify(person.customer)
    this.#known.add(person)
    await this.#together.ordering.fetch('/api/customers/import', { method: 'POST', headers, body })
  }

  /** Erases the person; answers the orders that have to be seen to first. */
  async erase(person: Person): Promise<number[]> {
    const body = { customer: person.customer.id, preview: false }
    const answer = await this.#together.billing.send('POST', '/api/personal-data/erase', body)
    if (answer.ok) {
      // A customer who was never known has no tombstone.
      if (this.#known.has(person)) this.erased.add(person)
      return []
    }
    if (answer.status !== 409) throw new Error(`Cannot erase: ${answer.status} ${await answer.text()}`)
    return ((await answer.json()) as { orders: number[] }).orders
  }

  /** Sees to what an erasure waits for, and erases. */
  async eraseAtLast(person: Person): Promise<void> {
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      await this.#together.pull()
      const waiting = await this.erase(person)
      if (waiting.length === 0) return
      for (const [place, order] of waiting.entries()) {
        const acts: Act[] = attempt > 2 ? ['delete'] : place % 2 === 0 ? ['approve', 'credit'] : ['amend', 'credit']
        for (const act of acts) await this.#change(act, order, person)
      }
    }
    throw new Error(`${person.word} cannot be erased`)
  }

  async #change(act: Act, order: number, person: Person): Promise<void> {
    const { ordering } = this.#together
    switch (act) {
      case 'confirm':
        return void (await ordering.send('POST', `/api/orders/${order}/confirm`))
      case 'delete':
        return void (await ordering.send('DELETE', `/api/orders/${order}`))
      case 'amend':
        return this.#amend(order, this.#owner.get(order) ?? person)
      case 'hand on':
        return this.#amend(order, person)
      case 'approve':
      case 'reject':
        await ordering.send('POST', `/api/orders/${order}/confirm`)
        await this.#together.pull()
        return this.#decide(act, order, person)
      default:
        return this.#decide(act, order, person)
    }
  }

  async #amend(order: number, person: Person): Promise<void> {
    const { ordering } = this.#together
    const read = await ordering.fetch(`/api/orders/${order}`)
    const headers = { 'If-Match': read.headers.get('ETag') ?? '' }
    const answer = await ordering.send(
      'PUT',
      `/api/orders/${order}`,
      orderOf(person, '2026-03-02T09:30:00.000Z'),
      headers,
    )
    if (answer.ok) this.#keep(order, person)
  }

  /** A rejected order is corrected to be for `person`, which may be somebody else. */
  async #decide(act: Act, order: number, person: Person): Promise<void> {
    const { billing } = this.#together
    const listed = await billing.fetch(`/api/invoices?order=${order}`)
    const { invoices } = (await listed.json()) as { invoices: Invoice[] }
    for (const { id, state, customer, creditNotes } of invoices) {
      // An issued invoice still names whom it is for: what a colleague copies from it afterwards is not erased.
      const isErased = [...this.erased].some((person) => person.customer.id === customer.id)
      const reason = isErased ? 'The customer moved' : `${customer.name} moved`
      if (state === 'ToApprove' && act === 'approve') await approve(billing, id)
      if (state === 'ToApprove' && act === 'reject') {
        await reject(billing, id, reason)
        await this.#together.pull()
        await this.#amend(order, person)
      }
      if (state !== 'Approved') continue
      if (act === 'credit' && creditNotes.length === 0) await this.#send(id, 'credit-notes', { reason })
      if (act === 'reissue') await this.#send(id, 'reissue')
    }
  }

  async #send(id: number, path: string, body?: object): Promise<Answer> {
    const { billing } = this.#together
    const { etag } = await readInvoice(billing, id)
    return billing.send('POST', `/api/invoices/${id}/${path}`, body, { 'If-Match': etag })
  }

  #keep(number: number, person: Person): void {
    if (!this.#orders.includes(number)) this.#orders.push(number)
    this.#owner.set(number, person)
    this.#known.add(person)
  }
}

it('nothing that was ever written of a customer is left once they are erased, but for issued documents', async () => {
  const together = await startTogether()
  const gone: Person[] = []
  const search = async (erased: readonly Person[]) => {
    const stored = await readStored(together)
    for (const person of erased) {
      expect(findTraces(stored, person)).toEqual([])
      expect(await findTerms(together, person)).toEqual([])
      expect(await findFingerprints(together, person)).toEqual([])
    }
  }
  await assert(
    asyncProperty(noBias(array(step, { minLength: 16, maxLength: 20 })), async (steps) => {
      const history = new History(together)
      for (const each of steps) await history.take(each)
      for (const person of history.persons.slice(0, 2)) {
        await history.eraseAtLast(person)
        // Ordering is notified of decisions again.
        await together.pull()
        await search([...gone, ...history.erased])
      }
      gone.push(...history.erased)
      // Whoever tries to bring them back is refused.
      for (const person of history.erased) {
        await history.enter(person, 0)
        await history.import(person, 0)
        await history.import(person, 99)
        await history.list(person)
      }
      await together.pull()
      await together.runOrderingCron()
      await search(gone)
    }),
    // A run leaves what it has done to the next, so that a shorter one says nothing.
    { numRuns: 10, endOnFailure: true },
  )
}, 120_000)
