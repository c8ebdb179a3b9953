import { cutByBytes } from '../../../shared/db/byte-limits.ts'
import { type ImportedOrder, importedOrder } from '../../../shared/contract/order-input.ts'
import { type DigestKey, keyedDigest } from '../../../shared/text/digest.ts'
import { type FailedLine, type NdjsonLine, type ParsedLine, parseLines } from '../../../shared/files/ndjson.ts'
import { readPlainImported } from '../../../shared/contract/plain-order.ts'
import { describeProblem, type ProblemName } from '../../../shared/edge/problem.ts'
import type { SaveOutcome } from '../catalogue/catalogue-store.ts'
import { describeContent, describeLine, type ImportedBefore, judgeImport } from './known-line.ts'
import { findImported, noteImportedLines } from './import-store.ts'
import type { RequestContext } from '../edge/request-context.ts'
import { noteChange, noteCreation } from '../entry/order-audit.ts'
import { openSequencer } from '../feed/sequencer.ts'
import { findEndOfTaken } from '../orders/order-store.ts'
import { insertOrders, type OrderInsert, type OrderReplacement, replaceOrders } from '../orders/order-write-store.ts'
import { contentOf, inputOf, type OrderContent } from '../orders/order.ts'
import { describeErased, digestCustomer, readDigestKey } from '../records/erased-customer-store.ts'

/** What an import has done: how many lines made an order, changed one, or changed nothing, and the refused ones. */
export type ImportOutcome = SaveOutcome & { failed: FailedLine[] }

/** The most bytes of an import’s lines that are written at once: a transaction of few orders is short. */
export const MAX_PIECE_BYTES = 500_000
/** How often a line is judged again because somebody else wrote its order meanwhile. */
const MAX_TRIES = 5

type OrderLine = ParsedLine<ImportedOrder>
type Judged<T> = { line: OrderLine; write: T }
type NewOrder = Omit<OrderInsert, 'number'>
/** Lines that lost a race, and the highest order number that was met in it. */
type Lost = { lines: readonly OrderLine[]; above: number }
/** What is to be done with a piece, by verdict. */
type Plan = {
  creations: Judged<NewOrder>[]
  replacements: Judged<OrderReplacement>[]
  notes: { number: number; importedLine: string }[]
  unchanged: number
  failed: FailedLine[]
}

/**
 * Imports orders, each line on its own, piece by piece; the last line of an id is what counts. Safe to repeat, and to
 * run twice at once: a line that loses a race is judged again by what the winner left.
 */
export async function importOrders(context: RequestContext, lines: readonly NdjsonLine[]): Promise<ImportOutcome> {
  const { parsed, failed, superseded } = parseLines(lines, importedOrder, 'externalId', readPlainImported)
  const outcome: ImportOutcome = { created: 0, changed: 0, unchanged: superseded, failed }
  if (parsed.length === 0) return outcome
  const key = await readDigestKey(context.db)
  for (const piece of cutByBytes(parsed, MAX_PIECE_BYTES, ({ size }) => size)) {
    await importPiece(context, piece, key, outcome)
  }
  outcome.failed.sort((one, other) => one.line - other.line)
  return outcome
}

async function importPiece(
  context: RequestContext,
  piece: readonly OrderLine[],
  key: DigestKey,
  outcome: ImportOutcome,
): Promise<void> {
  let lost: Lost = { lines: piece, above: 0 }
  for (let attempt = 1; attempt <= MAX_TRIES && lost.lines.length > 0; attempt += 1) {
    const plan = await planPiece(context, lost.lines, key)
    if (plan.notes.length > 0) await noteImportedLines(context.db, plan.notes)
    const notReplaced = await replace(context, plan.replacements)
    const notCreated = await create(context, plan.creations, lost.above)
    outcome.created += plan.creations.length - notCreated.lines.length
    outcome.changed += plan.replacements.length - notReplaced.length
    outcome.unchanged += plan.unchanged
    outcome.failed.push(...plan.failed)
    lost = { lines: [...notReplaced, ...notCreated.lines], above: notCreated.above }
  }
  const detail = `Other people changed the order ${MAX_TRIES} times in a row`
  outcome.failed.push(...lost.lines.map((line) => refuseLine(line, 'conflict', detail)))
}

async function planPiece(context: RequestContext, lines: readonly OrderLine[], key: DigestKey): Promise<Plan> {
  const plan: Plan = { creations: [], replacements: [], notes: [], unchanged: 0, failed: [] }
  const ids = lines.map(({ value }) => value.externalId)
  const digests = await Promise.all(lines.map(({ value }) => digestCustomer(key, value.customer.id)))
  const { orders, tombstones } = await findImported(context.db, ids, digests)
  for (const [index, line] of lines.entries()) {
    const customerDigest = digests[index] ?? ''
    const erasedAt = tombstones.get(customerDigest)
    if (erasedAt === undefined) {
      await planLine(context, { line, key, customerDigest, before: orders.get(line.value.externalId) }, plan)
    } else plan.failed.push(refuseErased(line, erasedAt))
  }
  return plan
}

/** A line whose customer was not erased, and the order that it has found. */
type FoundLine = { line: OrderLine; key: DigestKey; customerDigest: string; before: ImportedBefore | undefined }

async function planLine(
  { by, now, requestId }: RequestContext,
  { line, key, customerDigest, before }: FoundLine,
  plan: Plan,
): Promise<void> {
  const { value } = line
  const digestContent = (content: OrderContent) => keyedDigest(key, describeContent(content))
  const contentNow = before && (await digestContent(contentOf(inputOf(before.order), before.order)))
  const content = contentOf(value, before?.order ?? { externalId: null, placedAt: now })
  const importedContent = await digestContent(content)
  // One that says its day is its state and its content, whose digest is there already.
  const importedLine =
    value.placedAt === undefined ? await keyedDigest(key, describeLine(value)) : `${value.state} ${importedContent}`
  const judged = judgeImport(value, importedLine, before, contentNow ?? null)
  const write = { content, customerDigest, by, now, importedLine, importedContent }
  const confirm = value.state === 'Confirmed'
  switch (judged.verdict) {
    case 'create': {
      const audit = await noteCreation('imported', content, value.state, requestId)
      plan.creations.push({ line, write: { ...write, audit, confirmed: confirm } })
      return
    }
    case 'change': {
      const { number, state, revision: seenRevision } = judged.order
      const contents = { before: contentOf(inputOf(judged.order), judged.order), after: content }
      const audit = await noteChange('imported', { ...contents, confirms: confirm && state === 'Draft' }, requestId)
      plan.replacements.push({ line, write: { ...write, audit, number, seenRevision, confirm } })
      return
    }
    case 'note':
      plan.notes.push({ number: judged.order.number, importedLine })
      plan.unchanged += 1
      return
    case 'unchanged':
      plan.unchanged += 1
      return
    case 'changed_here': {
      const { number, state } = judged.order
      const detail = `Order ${number} was ${state === 'Deleted' ? 'deleted' : 'amended or entered'} here`
      plan.failed.push(refuseLine(line, 'changed-here', detail))
    }
  }
}

/** Writes the new orders under a block of numbers. Returns the lines whose number or external id was taken meanwhile. */
async function create(
  { env, db }: RequestContext,
  creations: readonly Judged<NewOrder>[],
  above: number,
): Promise<Lost> {
  if (creations.length === 0) return { lines: [], above }
  const first = await openSequencer(env).allotKeys(creations.length, above)
  const inserts = creations.map(({ write }, index): OrderInsert => ({ ...write, number: first + index }))
  const inserted = await insertOrders(db, inserts)
  const lost = inserts.findLast(({ number }) => !inserted.has(number))
  return {
    lines: creations.filter((_, index) => !inserted.has(first + index)).map(({ line }) => line),
    above: lost === undefined ? above : ((await findEndOfTaken(db, lost.number)) ?? above),
  }
}

/** Writes the changed orders. Returns the lines whose order was changed by somebody else meanwhile. */
async function replace(
  { db }: RequestContext,
  replacements: readonly Judged<OrderReplacement>[],
): Promise<OrderLine[]> {
  if (replacements.length === 0) return []
  const writes = replacements.map(({ write }) => write)
  const replaced = await replaceOrders(db, writes)
  return replacements.filter(({ write }) => !replaced.has(write.number)).map(({ line }) => line)
}

function refuseErased(line: OrderLine, erasedAt: string): FailedLine {
  const { id: customerId } = line.value.customer
  return refuseLine(line, 'customer-erased', describeErased({ reason: 'customer_erased', customerId, erasedAt }))
}

function refuseLine({ line, value }: OrderLine, problem: ProblemName, detail: string): FailedLine {
  return { line, externalId: value.externalId, problem: describeProblem(problem, detail) }
}
