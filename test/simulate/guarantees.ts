import type { Invoice } from '../../workers/billing/invoice.ts'
import { IS_POISONED, listRefusedNumbers } from './sql-steps.ts'
import type { World } from './world.ts'

/** `mended`: no record is out of contract any more, so that none may be in quarantine. */
export type GuaranteeCheck = { mended: boolean }

/** An order as ordering has it, as far as it is published. */
type TheirOrder = {
  number: number
  state: string
  revision: number
  fingerprint: number
  place: number
  poisoned: 0 | 1
  published: string
}
/** Billing's copy of an order and its invoice. */
type OurOrder = {
  number: number
  revision: number
  fingerprint: number | null
  epoch: string
  deleted: 0 | 1
  orphaned: 0 | 1
  record: string
  invoices: number
  invoiceState: string | null
  decidedFingerprint: number | null
}
type Sync = { token: string | null; orphaned: number[]; quarantined: { number: number | null }[] }

/** What was found on both sides. `unfit`: orders out of contract; `refused`: those that billing's database refuses. */
type Findings = { theirs: TheirOrder[]; ours: OurOrder[]; sync: Sync; unfit: Set<number>; refused: Set<number> }

/** Holds both sides against the guarantees (contract, section 8). What is broken is added to the memory's violations. */
export async function checkGuarantees(world: World, check: GuaranteeCheck): Promise<void> {
  const broken = world.memory.violations
  const found = await find(world)
  if (check.mended && found.unfit.size + found.refused.size > 0) broken.push('the simulator has not mended everything')
  checkEquality(found, broken)
  checkOrphans(found, broken)
  checkQuarantine(found, broken)
  checkInvoices(found.ours, broken)
  await checkFeed(world, found, broken)
  await checkApprovals(world, broken)
  await checkNotApprovable(world, found.sync, broken)
  await checkRanges(world, broken)
  await checkDrift(world, broken)
}

async function find(world: World): Promise<Findings> {
  const [theirs, ours, sync, refused] = await Promise.all([
    readTheirs(world),
    readOurs(world),
    readSync(world),
    listRefusedNumbers(world),
  ])
  const unfit = theirs.filter(({ poisoned }) => poisoned === 1).map(({ number }) => number)
  return { theirs, ours, sync, unfit: new Set(unfit), refused: new Set(refused) }
}

/** Guarantee 1 and 7: every order that ordering has and was ever confirmed, none missing, none older, same content. */
function checkEquality({ theirs, ours, unfit, refused }: Findings, broken: string[]): void {
  const copies = new Map(ours.map((copy) => [copy.number, copy]))
  for (const order of theirs) {
    if (unfit.has(order.number) || refused.has(order.number)) continue
    const copy = copies.get(order.number)
    if (copy === undefined) {
      broken.push(`order ${order.number} is missing in billing`)
      continue
    }
    const copied = `revision ${copy.revision}, fingerprint ${copy.fingerprint}`
    if (copy.revision !== order.revision || copy.fingerprint !== order.fingerprint) {
      broken.push(
        `order ${order.number} has revision ${order.revision}, fingerprint ${order.fingerprint}; its copy ${copied}`,
      )
    } else if (contentOf(copy.record) !== contentOf(order.published)) {
      broken.push(`order ${order.number} has the content ${order.published}; its copy ${copy.record}`)
    }
    if ((copy.deleted === 1) !== (order.state === 'Deleted')) {
      broken.push(`order ${order.number} is ${order.state}, and its copy ${copy.deleted === 1 ? '' : 'not '}deleted`)
    }
  }
}

/** Guarantee 7: copies that ordering has no longer are orphaned and named, and no others are. */
function checkOrphans({ theirs, ours, sync }: Findings, broken: string[]): void {
  const known = new Set(theirs.map(({ number }) => number))
  const lost = ours.filter(({ number }) => !known.has(number)).map(({ number }) => number)
  const marked = ours.filter(({ orphaned }) => orphaned === 1).map(({ number }) => number)
  if (lost.join() !== marked.join()) broken.push(`ordering has lost ${lost.join()}; orphaned are ${marked.join()}`)
  if (lost.join() !== sync.orphaned.join()) {
    broken.push(`ordering has lost ${lost.join()}; named are ${sync.orphaned.join()}`)
  }
}

/**
 * Guarantee 6: what cannot be read is named, and nothing else. What billing's database refuses is named unless nothing had
 * to be written by the feed: its copy is as it should be, or was tampered with, which a comparison names.
 */
function checkQuarantine({ theirs, ours, sync, unfit, refused }: Findings, broken: string[]): void {
  const named = new Set(sync.quarantined.map(({ number }) => number))
  const copies = new Map(ours.map(({ number, fingerprint }) => [number, fingerprint]))
  const unread = theirs.filter(({ number, fingerprint }) => {
    const copied = copies.get(number)
    return unfit.has(number) || (refused.has(number) && copied !== fingerprint && copied !== null)
  })
  for (const { number } of unread) {
    if (!named.has(number)) broken.push(`order ${number} cannot be read and is not named`)
  }
  for (const number of named) {
    if (number === null || !(unfit.has(number) || refused.has(number))) {
      broken.push(`order ${number} is in quarantine for nothing`)
    }
  }
}

/** Guarantee 5: one order, one invoice, which follows its order until it is approved. */
function checkInvoices(ours: OurOrder[], broken: string[]): void {
  for (const { number, deleted, invoices, invoiceState, fingerprint, decidedFingerprint } of ours) {
    if (invoices > 1 || (deleted === 0 && invoices === 0)) broken.push(`order ${number} has ${invoices} invoices`)
    if (invoiceState === null || invoiceState === 'Approved') continue
    const right = deleted === 1 ? ['Cancelled'] : ['ToApprove', 'Rejected']
    if (!right.includes(invoiceState)) {
      broken.push(`invoice ${number} is ${invoiceState}, its order ${deleted === 1 ? '' : 'not '}deleted`)
    }
    if (invoiceState === 'Rejected' && decidedFingerprint !== fingerprint) {
      broken.push(`invoice ${number} is Rejected although its order was corrected`)
    }
  }
}

/** Guarantee 2 and section 4: places are given once, and the token stands at the feed's end in its epoch. */
async function checkFeed({ ordering }: World, { theirs, sync }: Findings, broken: string[]): Promise<void> {
  const [feed] = await ordering.sql<{ epoch: string; highest: number; numbering: number }>(
    'SELECT epoch, highest, numbering FROM feed',
  )
  if (feed === undefined) return void broken.push('the row of the feed is gone')
  const places = theirs.map(({ place }) => place)
  if (new Set(places).size !== places.length) broken.push(`two orders share a place: ${places.join()}`)
  const highest = Math.max(0, ...places)
  if (highest > feed.highest) broken.push(`place ${highest} is above the highest, ${feed.highest}`)
  const [epoch, number] = sync.token?.split('.') ?? []
  if (theirs.length === 0 && sync.token === null) return
  if (epoch !== feed.epoch) broken.push(`the token ${sync.token} is not of epoch ${feed.epoch}`)
  if (Number(number) < highest || Number(number) > feed.highest) {
    broken.push(`the token ${sync.token} does not stand at the end, ${highest} to ${feed.highest}`)
  }
}

/** Guarantee 5 and 7: what was seen approved is as it was; numbers have no gaps and none is given twice. */
async function checkApprovals({ billing, memory }: World, broken: string[]): Promise<void> {
  for (const id of memory.approvals.keys()) {
    const answer = await billing.fetch(`/api/invoices/${id}`)
    const invoice = answer.status === 200 ? ((await answer.json()) as Invoice) : undefined
    if (invoice?.state !== 'Approved') broken.push(`invoice ${id} was seen approved, and is ${invoice?.state}`)
    else memory.seeInvoice(invoice)
  }
  const rows = await billing.sql<{ invoiceNumber: string }>(
    `SELECT invoice_number AS invoiceNumber FROM invoices WHERE state = 'Approved' ORDER BY invoice_number`,
  )
  const series = Map.groupBy(rows, ({ invoiceNumber }) => invoiceNumber.slice(0, 4))
  for (const [year, given] of series) {
    const expected = given.map((_, index) => `${year}-${String(index + 1).padStart(6, '0')}`)
    const found = given.map(({ invoiceNumber }) => invoiceNumber)
    if (found.join() !== expected.join()) broken.push(`the invoice numbers have gaps: ${found.join(', ')}`)
  }
  const [ahead] = await billing.sql<{ approved: number; decided: number }>(
    `SELECT (SELECT count(*) FROM invoices WHERE state = 'Approved') AS approved,
      (SELECT count(*) FROM decisions WHERE kind = 'approved') AS decided`,
  )
  if (ahead?.approved !== ahead?.decided) {
    broken.push(`${ahead?.approved} invoices are approved by ${ahead?.decided} decisions`)
  }
}

/** Guarantee 7 and section 5: orphans and orders in quarantine are not to be approved. */
async function checkNotApprovable({ billing }: World, sync: Sync, broken: string[]): Promise<void> {
  const numbers = [...sync.orphaned, ...sync.quarantined.flatMap(({ number }) => number ?? [])]
  for (const number of numbers) {
    const read = await billing.fetch(`/api/invoices/${number}`)
    await read.arrayBuffer()
    if (read.status !== 200) continue
    const headers = { 'If-Match': read.headers.get('ETag') ?? '' }
    const answer = await billing.send('POST', `/api/invoices/${number}/approve`, undefined, headers)
    if (answer.status !== 409) {
      broken.push(`approving invoice ${number}, orphaned or in quarantine, answers ${answer.status}`)
    }
  }
}

/** The digests that a comparison trusts are those of the rows. */
async function checkRanges({ ordering, billing }: World, broken: string[]): Promise<void> {
  const checks = [
    { name: 'ordering', worker: ordering, counted: 'confirmed_at IS NOT NULL' },
    { name: 'billing', worker: billing, counted: 'orphaned = 0' },
  ]
  for (const { name, worker, counted } of checks) {
    const wrong = await worker.sql(
      `SELECT * FROM (
        SELECT number / 256 AS range, count(*) AS orders, coalesce(sum(fingerprint), 0) AS fingerprints
        FROM orders WHERE ${counted} GROUP BY 1
      ) rows FULL JOIN order_ranges r ON r.range = rows.range
      WHERE coalesce(rows.orders, 0) <> coalesce(r.orders, 0)
        OR coalesce(rows.fingerprints, 0) <> coalesce(r.fingerprints, 0)`,
    )
    if (wrong.length > 0) broken.push(`the ranges of ${name} are wrong: ${JSON.stringify(wrong)}`)
  }
}

/** A comparison is the net: where nothing was done behind the apps' backs it has nothing to mend. */
async function checkDrift({ billing, driftExpected }: World, broken: string[]): Promise<void> {
  if (driftExpected) return
  const mended = await billing.sql(`SELECT order_number AS number FROM repairs WHERE why = 'drift'`)
  for (const { number } of mended) {
    broken.push(`the pull missed a change of order ${number}: a comparison had to mend it`)
  }
}

function readTheirs({ ordering }: World): Promise<TheirOrder[]> {
  return ordering.sql<TheirOrder>(`
    SELECT o.number, o.state, o.revision, o.fingerprint, o.confirmed_sequence_nr AS place, ${IS_POISONED} AS poisoned,
      json_object('number', o.number, 'state', o.state, 'revision', o.revision, 'fingerprint', o.fingerprint,
        'externalId', o.external_id, 'placedAt', o.placed_at, 'confirmedAt', o.confirmed_at,
        'confirmedBy', o.confirmed_by, 'updatedAt', o.updated_at, 'updatedBy', o.updated_by, 'currency', o.currency,
        'customer', json(o.customer), 'charges', json(o.charges), 'note', o.note,
        'lines', (SELECT json_group_array(json_object('sku', sku, 'description', description,
          'quantity', quantity_thousandths / 1000.0, 'unitPrice', unit_price,
          'discountPercent', discount_hundredths / 100.0, 'taxPercent', tax_hundredths / 100.0) ORDER BY position)
          FROM order_lines WHERE order_number = o.number)) AS published
    FROM orders o WHERE o.confirmed_at IS NOT NULL ORDER BY o.number`)
}

function readOurs({ billing }: World): Promise<OurOrder[]> {
  return billing.sql<OurOrder>(`
    SELECT o.number, o.revision, o.fingerprint, o.epoch, o.deleted, o.orphaned, o.record,
      (SELECT count(*) FROM invoices WHERE order_number = o.number AND replaces = 0) AS invoices, i.state AS invoiceState,
      i.order_fingerprint AS decidedFingerprint
    FROM orders o LEFT JOIN invoices i ON i.order_number = o.number AND i.replaces = 0 ORDER BY o.number`)
}

async function readSync({ billing }: World): Promise<Sync> {
  const answer = await billing.fetch('/api/sync')
  if (answer.status !== 200) throw new Error(`GET /api/sync answered ${answer.status} without faults`)
  return (await answer.json()) as Sync
}

/** The content of a published order, without its place, which a copy need not have; its members in one order. */
function contentOf(json: string): string {
  const { confirmedSequenceNr: _, totals: __, ...content } = JSON.parse(json) as Record<string, unknown>
  return JSON.stringify(content, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  )
}
