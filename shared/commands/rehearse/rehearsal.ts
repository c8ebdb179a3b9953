import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { CommandFailure } from '../support/command.ts'
import { askApp, describeRefusal } from '../support/app-client.ts'
import { describeDiagnosis } from '../doctor/diagnosis.ts'
import { examineState } from '../doctor/state.ts'
import { openState } from '../support/local-database.ts'
import { STATE } from '../support/paths.ts'
import { RehearsedApp } from './app.ts'

/** What a run of the pull answers, as far as it is counted here. */
type Run = { outcome: string; created: number; changed: number; removed: number; pages: number; error?: string }
/** Pulls until there is nothing new, added up. */
export type Pulled = {
  runs: number
  failed: number
  created: number
  changed: number
  removed: number
  seconds: number
}

const BATCH = 1_000
/** A pull that moves nothing in this many runs in a row has reached the feed's end; a repair takes several to begin. */
const QUIET_RUNS = 3

/** Both apps of a rehearsal, and what is done with them. */
export class Rehearsal {
  readonly directory: string
  readonly ordering: RehearsedApp
  readonly billing: RehearsedApp
  readonly say: (line: string) => void

  private constructor(
    directory: string,
    [ordering, billing]: [RehearsedApp, RehearsedApp],
    say: (line: string) => void,
  ) {
    this.directory = directory
    this.ordering = ordering
    this.billing = billing
    this.say = say
  }

  /** Runs `act` with two apps that have never run before, and ends them whatever happens. */
  static async run(name: string, act: (rehearsal: Rehearsal) => Promise<void>): Promise<void> {
    const directory = join(STATE, 'rehearsals', name)
    await rm(directory, { recursive: true, force: true })
    const apps = await RehearsedApp.prepare(directory)
    try {
      await act(new Rehearsal(directory, apps, (line) => console.log(`  ${line}`)))
    } finally {
      await Promise.all(apps.map((app) => app.end()))
    }
  }

  async start(): Promise<void> {
    await Promise.all([this.ordering.start(), this.billing.start()])
  }

  async end(): Promise<void> {
    await Promise.all([this.ordering.end(), this.billing.end()])
  }

  /** Imports confirmed orders with the external ids R-from … R-to; the same ids again, with another price, amend them. */
  async importOrders(from: number, to: number, unitPrice = 250): Promise<void> {
    for (let first = from; first <= to; first += BATCH) {
      const size = Math.min(BATCH, to - first + 1)
      const lines = Array.from({ length: size }, (_, index) => JSON.stringify(anOrder(first + index, unitPrice)))
      const answer = await fetch(`${this.ordering.origin}/api/orders/import`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-ndjson' },
        body: lines.join('\n'),
      })
      const { failed } = (await answer.json()) as { failed?: unknown[] }
      if (failed === undefined || failed.length > 0) {
        throw new CommandFailure(`Orders were refused: ${answer.status} ${JSON.stringify(failed?.[0])}`)
      }
    }
  }

  /** Pulls until there is nothing new any more. */
  async pull(): Promise<Pulled> {
    const begun = performance.now()
    const pulled: Pulled = { runs: 0, failed: 0, created: 0, changed: 0, removed: 0, seconds: 0 }
    for (let quiet = 0; quiet < QUIET_RUNS;) {
      const run = (await this.ask('billing', 'POST', '/api/sync/run')) as Run
      pulled.runs += 1
      pulled.failed += run.outcome === 'failed' ? 1 : 0
      pulled.created += run.created
      pulled.changed += run.changed
      pulled.removed += run.removed
      quiet = run.outcome === 'ok' && run.pages === 0 ? quiet + 1 : 0
    }
    return { ...pulled, seconds: Math.round((performance.now() - begun) / 100) / 10 }
  }

  /** Approves an invoice as somebody who has read it, and returns its number. */
  async approve(id: number): Promise<string> {
    const read = await fetch(`${this.billing.origin}/api/invoices/${id}`)
    await read.arrayBuffer()
    const approved = await fetch(`${this.billing.origin}/api/invoices/${id}/approve`, {
      method: 'POST',
      headers: { 'If-Match': read.headers.get('ETag') ?? '' },
    })
    if (approved.status !== 200) throw new CommandFailure(`Invoice ${id} was not approved: ${approved.status}`)
    return ((await approved.json()) as { invoiceNumber: string }).invoiceNumber
  }

  /** Asks an app for something that it has to grant. */
  async ask(app: 'ordering' | 'billing', method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await askApp(this[app].origin, method, path, body)
    if (answer.status >= 400) throw new CommandFailure(`${method} ${path}: ${describeRefusal(answer)}`)
    return answer.body
  }

  /** Ends both apps and looks into their databases. Throws a CommandFailure if something is wrong there. */
  async examine(): Promise<void> {
    await this.end()
    const [ordering, billing] = [openState('ordering', this.ordering.state), openState('billing', this.billing.state)]
    if (ordering === undefined || billing === undefined) throw new CommandFailure('A database is not where it was.')
    const found = examineState(ordering, billing)
    ordering.close()
    billing.close()
    for (const diagnosis of found) this.say(describeDiagnosis(diagnosis).trim())
    if (found.some(({ verdict }) => verdict !== 'fine')) throw new CommandFailure('The rehearsal has failed.')
  }
}

function anOrder(number: number, unitPrice: number): object {
  return {
    externalId: `R-${number}`,
    state: 'Confirmed',
    placedAt: '2026-01-31T12:00:00Z',
    currency: 'EUR',
    customer: { id: 'KORN', name: 'Kornblume Naturkost', address: { street: 'Markt 1', city: 'Jena', country: 'DE' } },
    lines: [{ sku: 'OAT-1', description: 'Oat flakes, 1 kg', quantity: 1 + (number % 9), unitPrice, taxPercent: 7 }],
  }
}
