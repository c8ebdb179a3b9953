import { describe, expect, it } from 'vitest'
import type { OrderStanding } from '../../../shared/contract/order-standing.ts'
import { err, ok } from '../../../shared/result.ts'
import { type Trace, traceOf } from '../../../workers/billing/trace/trace.ts'
import type { BillingStanding } from '../../../workers/billing/trace/trace-store.ts'
import { amendOrder, anOrder, placeDraft, placeOrder } from '../../support/orders.ts'
import { startTogether, type Together } from '../../support/together.ts'
import { approve, findInvoiceOf, headingOf, problemOf, reject } from '../support.ts'
import { orphan, poison } from '../trouble.ts'

describe('GET /api/orders/:number/trace', () => {
  it('tells each step with its time, from the entry to ordering’s notice', async () => {
    const together = await startTogether()
    const { number } = await placeOrder(together.ordering)
    const { runId } = await together.pull()
    const { invoice } = await findInvoiceOf(together.billing, number)
    await reject(together.billing, invoice.id, 'Wrong address')
    await amendOrder(together.ordering, number, anOrder({ note: 'Corrected' }))
    await together.pull()
    await approve(together.billing, invoice.id)
    await together.pull()
    const { steps, stuck } = await trace(together, number)
    expect(stuck).toBeNull()
    expect(steps.map(({ app, step }) => `${app} ${step}`)).toEqual([
      'ordering entered',
      'ordering confirmed',
      'billing invoiced',
      'billing rejected',
      'ordering changed',
      'ordering numbered',
      'billing pulled',
      'billing approved',
      'ordering notified',
    ])
    const pulled = steps.find(({ step }) => step === 'pulled')
    expect(pulled?.runId).toMatch(/^[\da-f-]{36}$/)
    expect(pulled?.runId).not.toBe(runId)
    expect(steps.find(({ step }) => step === 'rejected')).toMatchObject({
      detail: 'by you@example.com',
      reason: 'Wrong address',
    })
  })

  it('says where and why a record that cannot be read is stuck', async () => {
    const together = await startTogether()
    const { number } = await placeOrder(together.ordering)
    await poison(together, number)
    const { steps, stuck } = await trace(together, number)
    expect(steps.map(({ step }) => step)).toContain('quarantined')
    expect(stuck?.where).toBe('billing')
    expect(stuck?.why).toMatch(/^Its record cannot be read \(\/note: .+\); tried once, and again at /)
  })

  it('says that ordering has an orphan no longer, and what is not known while ordering does not answer', async () => {
    const together = await startTogether()
    const { number } = await placeOrder(together.ordering)
    await together.pull()
    await together.relay.fail({ kind: 'throw' })
    expect(await trace(together, number)).toMatchObject({
      stuck: null,
      notKnown:
        'Ordering does not answer, so it is unknown whether the order was changed or deleted there. ' +
        'The connection to it failed',
    })
    await orphan(together, number)
    expect((await trace(together, number)).stuck).toEqual({
      where: 'ordering',
      why: 'Ordering no longer has this order, as after a restore to a moment before it',
    })
  })

  it('answers 503 where billing does not know the order and ordering does not answer', async () => {
    const { billing, relay } = await startTogether()
    await relay.fail({ kind: 'answer', status: 502, body: '' })
    const answer = await billing.fetch('/api/orders/9999/trace')
    expect(answer.status).toBe(503)
    expect(answer.headers.get('Retry-After')).toBe('5')
    expect(await answer.json()).toMatchObject({
      type: '/problems/unavailable',
      detail: 'Billing does not know of order 9999, and ordering does not answer. It answered 502',
    })
  })

  it('answers 404 for a Draft, an unknown order, and what is no number', async () => {
    const { ordering, billing } = await startTogether()
    const { number } = await placeDraft(ordering)
    for (const asked of [String(number), '4711', '0', 'x']) {
      expect(await problemOf(await billing.fetch(`/api/orders/${asked}/trace`))).toBe('404 /problems/not-found')
    }
  })
})

describe('GET /trace', () => {
  it('asks for an order first, and shows the way of the order that is asked for', async () => {
    const together = await startTogether()
    const { number } = await placeOrder(together.ordering)
    const { runId } = await together.pull()
    const first = await (await together.billing.fetch('/trace')).text()
    expect(headingOf(first)).toBe('Where is my order?')
    const response = await together.billing.fetch(`/trace?order=+${number}+`)
    expect(response.status).toBe(200)
    const html = await response.text()
    for (const text of [
      `Order ${number} is in billing, and its invoice waits for approval.`,
      'Billing: Pulled',
      runId,
      'Ordering: Confirmed',
    ]) {
      expect(html).toContain(text)
    }
  })

  it('tells an order that is on its way, and one that is stuck', async () => {
    const together = await startTogether()
    const { number } = await placeOrder(together.ordering)
    expect(await show(together, number)).toContain(`Order ${number} is confirmed in ordering and will be in billing`)
    await poison(together, number)
    expect(await show(together, number)).toContain(`Order ${number} is in quarantine`)
  })

  it('claims nothing of an order that billing does not know while ordering hangs, and shows no error of the platform', async () => {
    const { billing, relay } = await startTogether()
    await relay.fail({ kind: 'no-answer' })
    const answer = await billing.fetch('/trace?order=9999')
    expect(answer.status).toBe(503)
    const html = await answer.text()
    expect(html).toContain('Nothing is known about order 9999 yet')
    expect(html).toContain('so it is unknown whether there is such an order')
    expect(html).not.toMatch(/stuck|is safe|aborted/)
  }, 20_000)

  it('says of an order that billing has what is not known while ordering does not answer', async () => {
    const together = await startTogether()
    const { number } = await placeOrder(together.ordering)
    await together.pull()
    await together.relay.fail({ kind: 'throw' })
    const html = await show(together, number)
    expect(html).toContain(`As far as billing knows, order ${number} is in billing`)
    expect(html).toContain('so it is unknown whether the order was changed or deleted there')
    expect(html).not.toMatch(/stuck|Network connection lost/)
    expect(together.log('ordering.unreachable')).toMatchObject([{ error: 'Network connection lost.' }])
  })

  it('answers 404 where neither app knows the order, and 400 to what is no number', async () => {
    const { billing } = await startTogether()
    const unknown = await billing.fetch('/trace?order=4711')
    expect(unknown.status).toBe(404)
    expect(await unknown.text()).toContain('There is no confirmed order 4711')
    const wrong = await billing.fetch('/trace?order=%3Cb%3E')
    expect(wrong.status).toBe(400)
    expect(await wrong.text()).toContain('Must be a whole number above 0')
  })
})

describe('traceOf', () => {
  const standing: OrderStanding = {
    epoch: 'e',
    state: 'Confirmed',
    revision: 2,
    confirmedSequenceNr: -1,
    fingerprint: 7,
    entered: null,
    confirmedAt: '2026-03-01T11:00:00Z',
    confirmedBy: 'ana@example.com',
    updatedAt: '2026-03-01T11:00:00Z',
    updatedBy: 'ana@example.com',
    notices: [],
  }
  const nothing: BillingStanding = {
    copy: null,
    invoice: null,
    invoicedAt: null,
    witnessed: true,
    decisions: [],
    quarantine: null,
    unsent: false,
    epoch: 'e',
    lastSuccessAt: '2026-03-01T10:59:00Z',
  }

  it('holds an order to be stuck once it has waited for three minutes', () => {
    expect(traceOf(1, ok(standing), nothing, '2026-03-01T11:02:59Z').stuck).toBeNull()
    expect(traceOf(1, ok(standing), nothing, '2026-03-01T11:03:00Z').stuck).toEqual({
      where: 'ordering',
      why:
        'It has been waiting for its number since 2026-03-01 11:00:00 UTC; last successful pull: 2026-03-01 10:59:00 ' +
        'UTC',
    })
    const numbered = ok({ ...standing, confirmedSequenceNr: 4 })
    expect(traceOf(1, numbered, nothing, '2026-03-01T11:03:00Z').stuck?.where).toBe('billing')
  })

  it('says what is not known while ordering does not answer', () => {
    const silent = err({ reason: 'no_answer', detail: 'It answered 500' } as const)
    expect(traceOf(1, silent, nothing, '2026-03-01T11:02:59Z')).toEqual({
      number: 1,
      place: 'unknown',
      headline: 'Order 1 is unknown.',
      changedSince: false,
      steps: [],
      stuck: null,
      notKnown:
        'Ordering does not answer, so it is unknown whether the order was changed or deleted there. It answered 500',
    })
  })
})

async function trace({ billing }: Together, number: number): Promise<Trace> {
  return (await (await billing.fetch(`/api/orders/${number}/trace`)).json()) as Trace
}

async function show({ billing }: Together, number: number): Promise<string> {
  return (await billing.fetch(`/trace?order=${number}`)).text()
}
