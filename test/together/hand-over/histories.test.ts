import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Invoice } from '../../../workers/billing/documents/invoice.ts'
import { startTogether, type Together } from '../../support/together.ts'
import { pullToEnd, readBilling, readOrdering } from '../both-sides.ts'
import { anyStep, takeStep } from '../history.ts'

const SEED = 20_261_124
const HISTORIES = 40

it(
  `billing equals ordering after any history of writes, pulls, links and faults: ${HISTORIES} of them`,
  { timeout: 240_000 },
  async () => {
    const together = await startTogether()
    const taken = new Map<string, number>()
    const history = fc.array(anyStep, { minLength: 8, maxLength: 30, size: 'max' })
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        await together.reset()
        const approved: Invoice[] = []
        for (const step of steps) {
          const invoice = await takeStep(together, step)
          if (invoice !== undefined) approved.push(invoice)
          taken.set(step.kind, (taken.get(step.kind) ?? 0) + 1)
        }
        await endTrouble(together)
        await pullToEnd(together)
        const facts = await readFacts(together)
        expect(facts).toEqual({ ...facts, ...EXPECTED, copies: facts.orders })
        expect(await showAgain(together, approved)).toEqual(approved.map(withoutFlags))
      }),
      // Shrinking what failed ends in time to be told.
      {
        seed: SEED,
        numRuns: HISTORIES,
        plugins: [fc.interruptAfterTimeLimit(200_000, { failOnInterrupt: true })],
      },
    )
    console.log(`Seed ${SEED}; steps taken: ${[...taken].map(([kind, count]) => `${kind} ${count}`).join(', ')}`)
  },
)

/** Ends every fault, and lets land what has timed out and may land still. */
async function endTrouble({ ordering, billing, relay }: Together): Promise<void> {
  await Promise.all([ordering.failDatabase(), billing.failDatabase(), relay.fail()])
  await ordering.landLate()
  await billing.landLate()
}

/** What is to be seen beside equal orders and copies. */
const EXPECTED = { numbersHeldTwice: 0, numbersAboveHighest: 0, invoicesMissing: 0, invoicesAstray: 0, gaps: 0 }

async function readFacts({ ordering, billing }: Together) {
  const [numbers] = await ordering.sql(`
    SELECT count(*) - count(DISTINCT confirmed_sequence_nr) AS numbersHeldTwice,
      count(*) FILTER (WHERE confirmed_sequence_nr > (SELECT highest FROM feed)) AS numbersAboveHighest
    FROM orders WHERE confirmed_at IS NOT NULL`)
  const [invoices] = await billing.sql(`
    SELECT count(*) FILTER (WHERE o.deleted = 0 AND i.id IS NULL) AS invoicesMissing,
      count(*) FILTER (WHERE i.state <> 'Approved' AND (i.state = 'Cancelled') <> (o.deleted = 1)) AS invoicesAstray,
      coalesce(max(CAST(substr(invoice_number, 6) AS INTEGER)), 0) - count(DISTINCT invoice_number) AS gaps
    FROM orders o LEFT JOIN invoices i ON i.order_number = o.number`)
  return { orders: await readOrdering(ordering), copies: await readBilling(billing), ...numbers, ...invoices }
}

/** The invoices as they are shown now, without what tells of their orders. */
async function showAgain({ billing }: Together, invoices: readonly Invoice[]): Promise<Invoice[]> {
  const answers = await Promise.all(invoices.map(({ id }) => billing.fetch(`/api/invoices/${id}`)))
  const shown = await Promise.all(answers.map(async (answer) => (await answer.json()) as Invoice))
  return shown.map(withoutFlags)
}

function withoutFlags(invoice: Invoice): Invoice {
  return {
    ...invoice,
    orderChangedSince: false,
    orderDeleted: false,
    mismatched: false,
    orderOrphaned: false,
    orderQuarantined: false,
  }
}
