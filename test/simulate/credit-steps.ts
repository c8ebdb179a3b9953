import type { CreditNote } from '../../workers/billing/documents/credit-note.ts'
import type { Invoice } from '../../workers/billing/documents/invoice.ts'
import { approveOne, readInvoice } from './billing-steps.ts'
import { expectStatus, type World } from '../../shared/simulator/world.ts'

/** Credits an approved invoice: what is left of it, one line or charge, or whole and reissued in the same step. */
export async function credit(world: World): Promise<void> {
  const { billing, memory, random } = world
  const read = await readApproved(world)
  if (read === undefined) {
    world.tell('credit an invoice: none is approved')
    return
  }
  const { invoice, etag } = read
  const how = random.choose(['whole', 'in part', 'reissue'])
  const body = {
    reason: 'Returned',
    ...(how === 'reissue' && { reissue: true }),
    ...(how === 'in part' && onePart(world, invoice)),
  }
  const path = `/api/invoices/${invoice.id}/credit-notes`
  const answer = await billing.send('POST', path, body, { 'If-Match': etag })
  // 404 and 409: billing was restored, and the approval is played back by the next pull; or there is nothing to credit.
  const status = expectStatus(world, `POST ${path}`, answer, 201, 404, 409, 412)
  world.tell(`credit invoice ${invoice.id} (${how}): ${status}`)
  if (status === 201) memory.seeCreditNote((await answer.json()) as CreditNote)
}

/** An invoice that was seen approved; one is approved where there is none yet. */
async function readApproved(world: World) {
  const { approvals } = world.memory
  if (approvals.size === 0) await approveOne(world)
  const id = world.random.pick([...approvals.keys()])
  return id === undefined ? undefined : readInvoice(world, id)
}

function onePart({ random }: World, { lines, charges }: Invoice): { lines?: number[]; charges?: number[] } {
  if (charges.length > 0 && random.percent(30)) return { charges: [random.below(charges.length)] }
  return { lines: [random.below(lines.length)] }
}

/** Reissues an invoice that was credited before, pressing twice now and then: it is the same invoice. */
export async function reissueInvoice(world: World): Promise<void> {
  const { billing, memory, random } = world
  const read = await readApproved(world)
  if (read === undefined) {
    world.tell('make an invoice reissue: none is approved')
    return
  }
  const { id } = read.invoice
  const path = `/api/invoices/${id}/reissue`
  const made = new Set<number>()
  for (let count = random.between(1, 2); count > 0; count -= 1) {
    const answer = await billing.send('POST', path, undefined, { 'If-Match': read.etag })
    const status = expectStatus(world, `POST ${path}`, answer, 200, 201, 404, 409, 412)
    world.tell(`make invoice ${id} reissue: ${status}`)
    if (status < 300) made.add(((await answer.json()) as Invoice).id)
  }
  if (made.size > 1) memory.violations.push(`invoice ${id} was reissued twice: ${[...made].join()}`)
}

/** Looks at all credit notes: what they show is seen. */
export async function lookAtCreditNotes(world: World): Promise<void> {
  const answer = await world.billing.fetch('/api/credit-notes?limit=200')
  if (expectStatus(world, 'GET /api/credit-notes', answer, 200) !== 200) return
  const { creditNotes } = (await answer.json()) as { creditNotes: CreditNote[] }
  for (const creditNote of creditNotes) world.memory.seeCreditNote(creditNote)
  world.tell(`look at ${creditNotes.length} credit notes`)
}
