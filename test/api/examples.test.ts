import { describe, expect, it } from 'vitest'
import type { OpenApiDocument, OperationObject } from '../../shared/openapi/format.ts'
import { order10248, placeOrder } from '../support/orders.ts'
import type { Answer, RunningWorker } from '../../shared/simulator/running-worker.ts'
import { startTogether } from '../support/together.ts'
import { DOCUMENTS, judgeAnswer } from './answer-check.ts'

type Example = { id: string; method: string; path: string; operation: OperationObject }

/** What no two runs share: it is compared by its type alone. */
const DIFFERS = new Set([
  'confirmedAt',
  'confirmedBy',
  'updatedAt',
  'updatedBy',
  'createdAt',
  'decidedAt',
  'decidedBy',
  'fetchedAt',
  'startedAt',
  'finishedAt',
  'lastSuccessAt',
  'agreedAt',
  'at',
  'runBy',
  'runId',
  'requestId',
  'fingerprint',
  'token',
  'tokenBefore',
  'next',
  'epoch',
  'lagSeconds',
  'invoiceNumber',
  'creditNoteNumber',
  'createdBy',
  'issuedOn',
  'dueOn',
  'issuedNumber',
  'until',
])

function examplesOf(document: OpenApiDocument): Example[] {
  return Object.entries(document.paths).flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      id: operation.operationId,
      method: method.toUpperCase(),
      path: fillIn(template, operation),
      operation,
    })),
  )
}

function fillIn(template: string, { parameters }: OperationObject): string {
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    String(parameters.find((parameter) => parameter.name === name)?.example),
  )
  const query = parameters.filter((parameter) => parameter.in === 'query' && parameter.required)
  if (query.length === 0) return path
  return `${path}?${new URLSearchParams(query.map(({ name, example }): [string, string] => [name, String(example)])).toString()}`
}

/** Sends the example's request as it stands in the document. */
async function ask(worker: RunningWorker, { method, path, operation }: Example): Promise<Answer> {
  const headers: Record<string, string> = {}
  if (operation.parameters.some(({ name, required }) => name === 'If-Match' && required)) {
    const read = await worker.fetch(path.replace(/\/(?:approve|reject|credit-notes|reissue)$/, ''))
    headers['If-Match'] = read.headers.get('ETag') ?? ''
  }
  const [content] = Object.entries(operation.requestBody?.content ?? {})
  if (content === undefined) return worker.fetch(path, { method, headers })
  const [mediaType, { example }] = content
  return worker.fetch(path, {
    method,
    headers: { ...headers, 'Content-Type': mediaType },
    body: typeof example === 'string' ? example : JSON.stringify(example),
  })
}

function withoutDifferences(value: unknown): unknown {
  if (value === undefined) return undefined
  return JSON.parse(
    JSON.stringify(value, (key, member: unknown) => (DIFFERS.has(key) && member !== null ? typeof member : member)),
  )
}

async function expectExample(app: keyof typeof DOCUMENTS, worker: RunningWorker, id: string): Promise<void> {
  const example = examplesOf(DOCUMENTS[app]).find((candidate) => candidate.id === id)
  if (example === undefined) throw new Error(`There is no operation ${id}`)
  const answer = await ask(worker, example)
  const body = await answer.text()
  const contentType = answer.headers.get('Content-Type')
  expect(judgeAnswer(app, example.method, example.path, { status: answer.status, contentType, body })).toBeUndefined()
  const [documented] = Object.entries(example.operation.responses)
  expect([id, String(answer.status), body.slice(0, 300)]).toEqual([id, documented?.[0], body.slice(0, 300)])
  const expected = documented?.[1].content?.['application/json']?.example
  const answered: unknown = expected === undefined ? undefined : JSON.parse(body)
  expect(withoutDifferences(answered)).toEqual(withoutDifferences(expected))
}

/** Credits what the example of a credit note leaves of invoice 1, and invoices it reissue: the example is that asked again. */
async function creditTheRest(billing: RunningWorker): Promise<void> {
  for (const [path, body] of [['credit-notes', { reason: 'The rest, too' }], ['reissue']] as const) {
    const etag = (await billing.fetch('/api/invoices/1')).headers.get('ETag') ?? ''
    const { status } = await billing.send('POST', `/api/invoices/1/${path}`, body, { 'If-Match': etag })
    if (status !== 201) throw new Error(`Cannot ask for ${path}: ${status}`)
  }
}

describe('the examples of the document', () => {
  it('are what ordering answers, asked in this order of an app that was empty', async () => {
    const { ordering } = await startTogether()
    const first = ['importCustomers', 'importProducts', 'listCustomers', 'listProducts', 'placeOrder', 'listOrders']
    const then = [
      'readOrder',
      'amendOrder',
      'confirmOrder',
      'importOrders',
      'readFeed',
      'republishOrders',
      'readAudit',
      'readHealth',
    ]
    const last = ['readDocument', 'readDocumentation', 'deleteOrder']
    const asked = [...first, ...then, ...last]
    for (const id of asked) await expectExample('ordering', ordering, id)
    expect(asked.toSorted()).toEqual(
      examplesOf(DOCUMENTS.ordering)
        .map(({ id }) => id)
        .sort(),
    )
  })

  it('are what billing answers, asked in this order beside an ordering with two orders', async () => {
    const { ordering, billing, pull } = await startTogether()
    await placeOrder(ordering, order10248)
    await placeOrder(ordering, { ...order10248, externalId: 'NW-10249' })
    const first = ['runPull', 'compareOrders', 'readSync', 'resetToken', 'returnOrphans', 'readOrder', 'traceOrder']
    const then = ['searchOrder', 'listInvoices', 'readInvoice', 'approveInvoice', 'eraseCustomer']
    const corrected = ['creditInvoice', 'listCreditNotes', 'readCreditNote', 'rejectInvoice', 'readAudit', 'readHealth']
    const last = ['readDocument', 'readDocumentation']
    const asked = [...first, ...then, ...corrected, ...last]
    for (const id of asked) await expectExample('billing', billing, id)
    await creditTheRest(billing)
    await expectExample('billing', billing, 'reissueInvoice')
    const { number } = await placeOrder(ordering)
    await ordering.sql(`UPDATE orders SET currency = 'XXX' WHERE number = ?`, number)
    await pull()
    await expectExample('billing', billing, 'retryQuarantined')
    expect([...asked, 'reissueInvoice', 'retryQuarantined'].sort()).toEqual(
      examplesOf(DOCUMENTS.billing)
        .map(({ id }) => id)
        .sort(),
    )
  })
})
