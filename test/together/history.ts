import * as fc from 'fast-check'
import type { Invoice } from '../../workers/billing/documents/invoice.ts'
import type { BindingFault, DatabaseFault } from '../../shared/simulator/fault.ts'
import { anOrder } from '../support/orders.ts'
import type { Answer } from '../../shared/simulator/running-worker.ts'
import type { Together } from '../support/together.ts'
import { expireLease } from './both-sides.ts'
import { insertBySql } from './sql-orders.ts'

type Side = 'ordering' | 'billing'
type Write =
  | { kind: 'place'; confirmed: boolean; note: string }
  | { kind: 'amend'; number: number; note: string }
  | { kind: 'confirm'; number: number }
  | { kind: 'delete'; number: number }
  | { kind: 'sql'; number: number; change: (typeof SQL_CHANGES)[number] }
  | { kind: 'sql insert' }
type Read =
  | { kind: 'pull' }
  | { kind: 'two pulls' }
  | { kind: 'pull while writing'; write: Write }
  | { kind: 'link'; number: number }
  | { kind: 'link while pulling'; number: number }
type Decision = { kind: 'approve' | 'reject'; number: number }
type Trouble =
  | { kind: 'binding'; fault: BindingFault }
  | { kind: 'database'; side: Side; fault: DatabaseFault }
  | { kind: 'late landing'; side: Side }
  | { kind: 'eviction' }
  | { kind: 'half a minute' }
/** One thing that happens to the two apps. */
export type Step = Write | Read | Decision | Trouble

const OBJECTS = [
  ['ordering', 'OrderSequencer'],
  ['billing', 'InvoiceLedger'],
] as const
const SQL_CHANGES = [
  `UPDATE orders SET note = coalesce(note, '') || '!' WHERE number = ?`,
  `UPDATE orders SET state = 'Deleted' WHERE number = ?`,
  `UPDATE orders SET state = 'Confirmed' WHERE number = ?`,
  `UPDATE orders SET lines = json_set(lines, '$[0].unitPrice', lines ->> '$[0].unitPrice' + 1) WHERE number = ?`,
  `UPDATE orders SET lines = json_insert(lines, '$[#]', json_object('sku', 'RYE-1', 'description', 'Rye',
    'quantity', 1.5, 'unitPrice', 199, 'discountPercent', 0, 'taxPercent', 0)) WHERE number = ?`,
  `UPDATE orders SET lines = json_array(lines -> 0) WHERE number = ?`,
] as const

const number = fc.integer({ min: 1, max: 5 })
const note = fc.string({ maxLength: 8, unit: 'grapheme' }).filter((text) => !/\p{Cc}/u.test(text))
const after = fc.nat(3)
const side = fc.constantFrom<Side>('ordering', 'billing')
const kind = <Kind extends string>(name: Kind) => fc.constant(name)

const anyWrite: fc.Arbitrary<Write> = fc.oneof(
  fc.record({ kind: kind('place'), confirmed: fc.boolean(), note }),
  fc.record({ kind: kind('amend'), number, note }),
  fc.record({ kind: kind('confirm'), number }),
  fc.record({ kind: kind('delete'), number }),
  fc.record({ kind: kind('sql'), number, change: fc.constantFrom(...SQL_CHANGES) }),
  fc.record({ kind: kind('sql insert') }),
)

const anyRead: fc.Arbitrary<Read> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: kind('pull') }) },
  fc.record({ kind: kind('two pulls') }),
  fc.record({ kind: kind('pull while writing'), write: anyWrite }),
  fc.record({ kind: kind('link'), number }),
  fc.record({ kind: kind('link while pulling'), number }),
)

const bindingFault: fc.Arbitrary<BindingFault> = fc.oneof(
  fc.record({ kind: fc.constantFrom('throw', 'lose-answer', 'half'), after }),
  fc.record({
    kind: kind('answer'),
    status: fc.constantFrom(200, 500, 503),
    body: fc.constantFrom('', '<h1>', '{}'),
    after,
  }),
)

const anyTrouble: fc.Arbitrary<Trouble> = fc.oneof(
  fc.record({ kind: kind('binding'), fault: bindingFault }),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: kind('database'),
      side,
      fault: fc.record({ kind: fc.constantFrom('refuse', 'lose-answer', 'land-late'), after }),
    }),
  },
  fc.record({ kind: kind('late landing'), side }),
  fc.record({ kind: kind('eviction') }),
  fc.record({ kind: kind('half a minute') }),
)

/** Anything that may happen: writes most of all, then reads, trouble and decisions. */
export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: anyWrite },
  { weight: 5, arbitrary: anyRead },
  { weight: 3, arbitrary: anyTrouble },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('approve', 'reject'), number }) },
)

/**
 * Takes the step. Whatever is refused, or fails because of the trouble before it, is left at that; but no request may be
 * answered 500, which means a mistake of the app's own. Returns the invoice that the step has approved, if it did.
 */
export async function takeStep(together: Together, step: Step): Promise<Invoice | undefined> {
  const { ordering, billing, relay } = together
  switch (step.kind) {
    case 'pull':
      await pull(together)
      return undefined
    case 'two pulls':
      await Promise.all([pull(together), pull(together)])
      return undefined
    case 'pull while writing':
      await Promise.all([pull(together), write(together, step.write)])
      return undefined
    case 'link':
      await expectOurs(billing.fetch(`/link/new_order/${step.number}`))
      return undefined
    case 'link while pulling':
      await Promise.all([pull(together), expectOurs(billing.fetch(`/link/new_order/${step.number}`))])
      return undefined
    case 'approve':
    case 'reject':
      return decide(together, step)
    case 'binding':
      await relay.fail({ ...step.fault })
      return undefined
    case 'database':
      await together[step.side].failDatabase({ ...step.fault })
      return undefined
    case 'late landing':
      await together[step.side].landLate()
      return undefined
    case 'eviction':
      await evictObjects(together)
      return undefined
    case 'half a minute':
      await expireLease(together)
      return undefined
    default:
      await write({ ordering }, step)
      return undefined
  }
}

async function write({ ordering }: Pick<Together, 'ordering'>, step: Write): Promise<void> {
  switch (step.kind) {
    case 'place': {
      const placed = await expectOurs(ordering.send('POST', '/api/orders', anOrder({ note: step.note })))
      const location = placed.headers.get('Location')
      if (step.confirmed && location !== null) await expectOurs(ordering.send('POST', `${location}/confirm`))
      return
    }
    case 'amend': {
      const etag = (await expectOurs(ordering.fetch(`/api/orders/${step.number}`))).headers.get('ETag') ?? '""'
      const body = anOrder({ note: step.note })
      await expectOurs(ordering.send('PUT', `/api/orders/${step.number}`, body, { 'If-Match': etag }))
      return
    }
    case 'confirm':
      await expectOurs(ordering.send('POST', `/api/orders/${step.number}/confirm`))
      return
    case 'delete':
      await expectOurs(ordering.send('DELETE', `/api/orders/${step.number}`))
      return
    case 'sql':
      await ordering.sql(step.change, step.number)
      return
    case 'sql insert': {
      const [row] = await ordering.sql<{ free: number }>('SELECT coalesce(max(number), 0) + 1 AS free FROM orders')
      // A request that runs at the same time may take the number first, and is right to.
      await insertBySql(ordering, row?.free ?? 1).catch(() => undefined)
    }
  }
}

async function decide({ billing }: Together, { kind, number }: Decision): Promise<Invoice | undefined> {
  const path = `/api/invoices/${number}`
  const etag = (await expectOurs(billing.fetch(path))).headers.get('ETag') ?? '""'
  const body = kind === 'reject' ? { reason: 'A line is missing' } : undefined
  const answer = await expectOurs(billing.send('POST', `${path}/${kind}`, body, { 'If-Match': etag }))
  return kind === 'approve' && answer.status === 200 ? ((await answer.json()) as Invoice) : undefined
}

async function pull({ billing }: Together): Promise<void> {
  await expectOurs(billing.send('POST', '/api/sync/run'))
}

async function expectOurs(answering: Promise<Answer>): Promise<Answer> {
  const answer = await answering
  if (answer.status === 500) throw new Error(`Answered 500: ${await answer.text()}`)
  return answer
}

/** Ends both objects where they run; what they have stored stays. */
async function evictObjects({ harness }: Together): Promise<void> {
  for (const [name, object] of OBJECTS) {
    const worker = harness.getWorker(name)
    const ids = await worker.listDurableObjectIds(object)
    // One that does not run cannot be evicted, and need not be.
    await Promise.allSettled(ids.map((id) => worker.evictDurableObject(object, { id })))
  }
}
