import type { Invoice } from '../../workers/billing/documents/invoice.ts'
import type { RunResult } from '../../workers/billing/sync/answers.ts'
import { expectStatus, pickOrderNumber, type World } from '../../shared/simulator/world.ts'

/** One run of the pull, asked for by a person or started by the Cron Trigger, which may come twice. */
export async function pull(world: World): Promise<void> {
  const { billing, cron, random } = world
  const how = random.below(10)
  world.pulls += how < 8 ? 1 : 2
  if (how < 5) {
    const answer = await billing.send('POST', '/api/sync/run')
    const status = expectStatus(world, 'POST /api/sync/run', answer, 200)
    const { outcome, error } = status === 200 ? ((await answer.json()) as RunResult) : { outcome: status, error: '' }
    world.tell(`pull: ${outcome} ${error ?? ''}`)
    return
  }
  if (how < 8) {
    await cron().catch(() => undefined)
    world.tell('cron')
    return
  }
  world.inject('cron twice at once')
  await Promise.allSettled([cron(), cron()])
  world.tell('cron, twice at once')
}

/** Follows the deep link of an order. */
export async function followLink(world: World, number = pickOrderNumber(world)): Promise<void> {
  const answer = await world.billing.fetch(`/link/new_order/${number}`)
  // 503: an order that does not fit the contract, and of which there is no copy.
  world.tell(`follow the link of order ${number}: ${expectStatus(world, 'the deep link', answer, 200, 404, 410, 503)}`)
  await answer.arrayBuffer()
}

/** Reads an invoice; undefined where there is none to be had. */
export async function readInvoice(world: World, id: number): Promise<{ invoice: Invoice; etag: string } | undefined> {
  const answer = await world.billing.fetch(`/api/invoices/${id}`)
  if (expectStatus(world, 'GET /api/invoices/:id', answer, 200, 404) !== 200) return undefined
  const invoice = (await answer.json()) as Invoice
  world.memory.seeInvoice(invoice)
  return { invoice, etag: answer.headers.get('ETag') ?? '' }
}

/** Approves or rejects an invoice as it is seen now: most often one that waits. */
export async function decide(world: World): Promise<void> {
  const id = (world.random.percent(60) ? await pickWaiting(world) : undefined) ?? pickOrderNumber(world)
  await decideAs(world, world.random.percent(70) ? 'approve' : 'reject', id)
}

/** Approves an invoice that waits, if there is one. */
export async function approveOne(world: World): Promise<void> {
  const id = await pickWaiting(world)
  if (id !== undefined) await decideAs(world, 'approve', id)
}

async function pickWaiting(world: World): Promise<number | undefined> {
  const answer = await world.billing.fetch('/api/invoices?state=ToApprove&limit=200')
  if (expectStatus(world, 'GET /api/invoices', answer, 200) !== 200) return undefined
  const { invoices } = (await answer.json()) as { invoices: Invoice[] }
  return world.random.pick(invoices)?.id
}

async function decideAs(world: World, kind: 'approve' | 'reject', id: number): Promise<void> {
  const read = await readInvoice(world, id)
  if (read === undefined) {
    world.tell(`${kind} invoice ${id}: there is none`)
    return
  }
  await send(world, kind, read)
}

/** Decides on what was seen before something else happened to the order. */
export async function decideLate(world: World, meanwhile: (number: number) => Promise<void>): Promise<void> {
  const number = pickOrderNumber(world)
  const read = await readInvoice(world, number)
  await meanwhile(number)
  if (read !== undefined) await send(world, 'approve', read)
}

async function send(
  world: World,
  kind: 'approve' | 'reject',
  { invoice, etag }: { invoice: Invoice; etag: string },
): Promise<void> {
  const body = kind === 'reject' ? { reason: 'The price is wrong' } : undefined
  const path = `/api/invoices/${invoice.id}/${kind}`
  const answer = await world.billing.send('POST', path, body, { 'If-Match': etag })
  const status = expectStatus(world, `POST ${path}`, answer, 200, 404, 409, 412)
  world.tell(`${kind} invoice ${invoice.id}: ${status}`)
  if (status !== 200) return
  const decided = (await answer.json()) as Invoice
  if (decided.state === 'Approved' && decided.gross !== invoice.gross) {
    world.memory.violations.push(
      `invoice ${invoice.id} was approved at ${decided.gross}, and ${invoice.gross} was seen`,
    )
  }
  world.memory.seeInvoice(decided)
}

/** Looks at all invoices: what they show is seen. */
export async function lookAtInvoices(world: World): Promise<void> {
  const answer = await world.billing.fetch('/api/invoices?limit=200')
  if (expectStatus(world, 'GET /api/invoices', answer, 200) !== 200) return
  const { invoices } = (await answer.json()) as { invoices: Invoice[] }
  for (const invoice of invoices) world.memory.seeInvoice(invoice)
  world.tell(`look at ${invoices.length} invoices`)
}

/** Compares both sides. */
export async function compare(world: World): Promise<void> {
  const answer = await world.billing.send('POST', '/api/sync/compare')
  // 503 where ordering is repairing, restored or away: nothing was compared.
  const status = expectStatus(world, 'POST /api/sync/compare', answer, 200, 409, 503)
  world.tell(`compare: ${status} ${status === 200 ? JSON.stringify(await answer.json()) : ''}`)
}

/** A reset that was done, from one token to another; null is the feed's start. */
export type DoneReset = { tokenBefore: string | null; token: string | null }

/** Puts the token back, to the start or to where an earlier run ended; or only says what would come of it. */
export async function reset(world: World, preview = world.random.percent(30)): Promise<DoneReset | undefined> {
  const { billing, random } = world
  const sync = await billing.fetch('/api/sync')
  if (expectStatus(world, 'GET /api/sync', sync, 200) !== 200) return undefined
  const { runs } = (await sync.json()) as { runs: { token: string | null }[] }
  const token = random.percent(40) ? null : (random.pick(runs)?.token ?? null)
  const answer = await billing.send('POST', '/api/sync/reset', { token, preview })
  // 422: a token of a retired epoch. 409: another run moved it meanwhile. 503: ordering did not answer a preview.
  const status = expectStatus(world, 'POST /api/sync/reset', answer, 200, 409, 422, 503)
  world.inject(preview ? 'reset previewed' : 'reset')
  world.tell(`reset the token${preview ? ' (preview)' : ''}: ${status}`)
  return status === 200 && !preview ? ((await answer.json()) as DoneReset) : undefined
}
