import type { Invoice } from '../../../workers/billing/documents/invoice.ts'
import type { RunResult } from '../../../workers/billing/sync/answers.ts'
import { checkGuarantees } from '../../simulator/guarantees/check.ts'
import type { Harness } from '../../simulator/harness.ts'
import { keepMoment, restoreMoment } from '../../simulator/moment.ts'
import { settle } from '../../simulator/settle.ts'
import { createWorld } from '../../simulator/world.ts'

/** A scenario: what it shows, and how it goes. */
export type Scenario = { title: string; play: (stage: Stage) => Promise<void> }
/** Both apps with what a scenario does to them; each act says itself in words. */
export type Stage = ReturnType<typeof createStage>

const ORDER = {
  currency: 'EUR',
  customer: { id: 'KORN', name: 'Kornblume Naturkost', address: { street: 'Markt 1', city: 'Jena', country: 'DE' } },
  lines: [{ sku: 'OAT-1', description: 'Oat flakes, 1 kg', quantity: 4, unitPrice: 250 }],
}

/** The apps of the harness for a scenario that is told by `say`. */
export function createStage(harness: Harness, say: (line: string) => void) {
  const world = createWorld(harness, 1, () => undefined)
  const { ordering, billing } = harness

  async function pull(): Promise<RunResult> {
    const run = (await (await billing.send('POST', '/api/sync/run')).json()) as RunResult
    say(`Billing pulls: ${run.outcome === 'ok' ? spellCounts(run) : spellOutcome(run)}.`)
    return run
  }

  async function placeOrder(note: string): Promise<number> {
    const placed = await ordering.send('POST', '/api/orders', { ...ORDER, note })
    if (placed.status !== 201) throw new Error(`The order was not placed: ${placed.status} ${await placed.text()}`)
    const { number } = (await placed.json()) as { number: number }
    const confirmed = await ordering.send('POST', `/api/orders/${number}/confirm`)
    if (confirmed.status !== 200) throw new Error(`Order ${number} was not confirmed: ${confirmed.status}`)
    await confirmed.arrayBuffer()
    return number
  }

  return {
    ...harness,
    world,
    say,
    pull,

    /** Places and confirms an order. */
    order: async (note: string): Promise<number> => {
      const number = await placeOrder(note)
      world.memory.seeNewOrder(number)
      say(`Order ${number} is placed and confirmed.`)
      return number
    },

    /** Follows an order's link to billing, as who pressed Confirm does. */
    link: async (number: number): Promise<void> => {
      const answer = await billing.fetch(`/link/new_order/${number}`)
      const page = await answer.text()
      const said = [readElement(page, /<h1[^>]*>(.*?)<\/h1>/s), readElement(page, /class="notice-body">(.*?)<\/div>/s)]
      say(`The link of order ${number} answers ${answer.status}: ${said.filter((text) => text !== '').join('. ')}`)
    },

    /** Approves the invoice of an order, and says its number. */
    approve: async (number: number): Promise<void> => {
      const read = await billing.fetch(`/api/invoices/${number}`)
      await read.arrayBuffer()
      const headers = { 'If-Match': read.headers.get('ETag') ?? '' }
      const answer = await billing.send('POST', `/api/invoices/${number}/approve`, undefined, headers)
      if (answer.status !== 200) {
        const { detail } = (await answer.json()) as { detail: string }
        say(`Approving the invoice of order ${number} answers ${answer.status}: ${detail}.`)
        return
      }
      const invoice = (await answer.json()) as Invoice
      world.memory.seeInvoice(invoice)
      say(`The invoice of order ${number} is approved: ${invoice.invoiceNumber}.`)
    },

    /** Shows the invoice of an order, and says its state. */
    showInvoice: async (number: number): Promise<void> => {
      const invoice = (await (await billing.fetch(`/api/invoices/${number}`)).json()) as Invoice
      world.memory.seeInvoice(invoice)
      say(`The invoice of order ${number} is ${invoice.state}, ${invoice.invoiceNumber ?? 'without a number'}.`)
    },

    /** What `GET /api/sync` names. */
    tellSync: async (): Promise<void> => {
      const sync = (await (await billing.fetch('/api/sync')).json()) as {
        token: string | null
        orphaned: number[]
        quarantined: { number: number | null; error: string }[]
      }
      const quarantined = sync.quarantined.map(({ number, error }) => `order ${number} (${error})`)
      const token = sync.token === null ? 'has no token yet' : `stands at the token ${sync.token}`
      say(`Billing ${token}; orphaned: ${list(sync.orphaned)}; in quarantine: ${list(quarantined)}.`)
    },

    /** Makes a backup of one app's database. */
    backUp: async (name: 'ordering' | 'billing'): Promise<number> => {
      world.moments += 1
      await keepMoment(harness[name], world.moments)
      say(`A backup of ${name}'s database is made.`)
      return world.moments
    },

    /** Puts one app's database back to a backup. */
    restore: async (name: 'ordering' | 'billing', moment: number): Promise<void> => {
      await restoreMoment(harness[name], moment)
      world.driftExpected = true
      say(`${name === 'ordering' ? 'Ordering' : 'Billing'}'s database is put back to the backup.`)
    },
  }
}

/** Ends all faults, pulls to the end and returns which guarantees are broken. */
export async function checkStage({ world, relay, ordering, billing }: Stage): Promise<string[]> {
  await Promise.all([relay.fail(), ordering.failDatabase(), billing.failDatabase()])
  const unsettled = await settle(world, { corrected: false })
  if (unsettled !== undefined) return [unsettled]
  await checkGuarantees(world, { corrected: false })
  return world.memory.violations
}

function spellOutcome({ outcome, error = '' }: RunResult): string {
  return error === '' ? outcome : `${outcome}. ${error.replace(/\.$/, '')}`
}

function spellCounts({ created, changed, removed, unchanged, quarantined }: RunResult): string {
  const counts = [
    [created, 'new'],
    [changed, 'changed'],
    [removed, 'removed'],
    [unchanged, 'unchanged'],
    [quarantined, 'set aside'],
  ] as const
  const described = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`)
  return described.length === 0 ? 'ok, nothing new' : `ok, ${described.join(', ')}`
}

/** The text in the element of a page; empty if it has none such. */
function readElement(page: string, element: RegExp): string {
  const inner = element.exec(page)?.[1] ?? ''
  return inner
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ (?=[.,)])|(?<=\() /g, '')
    .trim()
}

function list(items: readonly (number | string)[]): string {
  return items.length === 0 ? 'none' : items.join(', ')
}
