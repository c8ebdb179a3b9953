import { createHash } from 'node:crypto'
import { importedOrder, orderInput } from '../../../shared/contract/order-input.ts'
import { describeContent, describeLine } from '../../../workers/ordering/import/known-line.ts'
import { contentOf } from '../../../workers/ordering/orders/order.ts'
import { contentOf as invoiceContentOf } from '../../../shared/contract/order-content.ts'
import type { Draft } from '../../support/orders.ts'
import type { RunningWorker, Value } from '../../../shared/simulator/running-worker.ts'
import type { Together } from '../../support/together.ts'

type Row = Record<string, Value>
type App = 'ordering' | 'billing'

/** A customer of a test. Whatever is written of them has their word in it, which is nowhere else. */
export type Person = { word: string; customer: Draft['customer']; written: Draft[]; texts: string[] }

/** A person who has never ordered. */
export function aPerson(word: string): Person {
  const name = word.charAt(0) + word.slice(1).toLowerCase()
  const customer = {
    id: `C-${word}`,
    name: `${name} von der Au`,
    contact: `Bei ${name}`,
    email: `${name.toLowerCase()}@example.com`,
    vatId: `DE${word}`,
    address: {
      street: `${name}weg`,
      additional: name,
      city: `${name}stadt`,
      postalCode: word,
      region: name,
      country: 'DE',
    },
  }
  return { word, customer, written: [], texts: [] }
}

/**
 * The columns that hold an issued document, or what it is found by, of the rows that law keeps: no other column of any
 * table, and none of these in another row, may say anything of somebody who was erased.
 */
const RETAINED: Record<App, Record<string, { columns: readonly string[]; where: string }>> = {
  ordering: {},
  billing: {
    decisions: { columns: ['document', 'reason', 'content_digest'], where: 'issued_number IS NOT NULL' },
    invoices: { columns: ['document', 'searched'], where: `state = 'Approved'` },
    credit_notes: { columns: ['document', 'reason', 'searched'], where: '1' },
    invoice_terms: { columns: ['term'], where: `invoice_id IN (SELECT id FROM invoices WHERE state = 'Approved')` },
    credit_note_terms: { columns: ['term'], where: '1' },
  },
}

/** Everything that both apps store, but for what law keeps, as `app.table.column: text`. */
export async function readStored({ ordering, billing }: Together): Promise<string[]> {
  const stored = await Promise.all([
    readDatabase('ordering', ordering),
    readDatabase('billing', billing),
    readSequencer(ordering),
    readLedger(billing),
  ])
  return stored.flat()
}

async function readDatabase(app: App, worker: RunningWorker): Promise<string[]> {
  const tables = await worker.sql<{ name: string }>(`
    SELECT name FROM sqlite_schema
    WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'`)
  const read = await worker.batch<Row>(
    tables.map(({ name }) => {
      const where = RETAINED[app][name]?.where ?? '0'
      return { query: `SELECT *, (${where}) AS is_retained FROM "${name}"`, values: [] }
    }),
  )
  return tables.flatMap(({ name }, index) => {
    const retained = RETAINED[app][name]?.columns ?? []
    return (read[index] ?? []).flatMap(({ is_retained: isRetained, ...row }) =>
      Object.entries(row)
        .filter(([column]) => !(isRetained === 1 && retained.includes(column)))
        .map(([column, value]) => `${app}.${name}.${column}: ${JSON.stringify(value)}`),
    )
  })
}

async function readSequencer(ordering: RunningWorker): Promise<string[]> {
  return [`sequencer: ${await ordering.readObjects()}`]
}

async function readLedger(billing: RunningWorker): Promise<string[]> {
  const [entries] = JSON.parse(await billing.readObjects()) as [[table: string, rows: { entry: string }[]]]
  return entries[1]
    .map(({ entry }) => entry)
    .filter((entry) => (JSON.parse(entry) as { issuedNumber: string | null }).issuedNumber === null)
    .map((entry) => `ledger: ${entry}`)
}

/** What is stored that tells of the person: by their word, or as an unkeyed digest of anything that was written of them. */
export function findTraces(stored: readonly string[], person: Person): string[] {
  const digests = [...digestsOf(person)]
  const word = new RegExp(person.word, 'i')
  return stored.filter((text) => word.test(text) || digests.some((digest) => text.includes(digest)))
}

/** The orders and invoices that a search would still find by the person's name: each three letters of it are there. */
export async function findTerms({ ordering, billing }: Together, { word }: Person): Promise<Row[]> {
  const terms = Array.from({ length: word.length - 2 }, (_, place) => word.slice(place, place + 3))
  const found = (table: string, id: string, condition: string) => `
    SELECT '${table}' AS found, ${id} AS id FROM ${table} WHERE term IN (SELECT value FROM json_each(?)) AND ${condition}
    GROUP BY ${id} HAVING count(DISTINCT term) = ${new Set(terms).size}`
  const asked = JSON.stringify(terms)
  const waiting = `invoice_id NOT IN (SELECT id FROM invoices WHERE state = 'Approved')`
  return [
    ...(await ordering.sql(found('order_terms', 'order_number', '1'), asked)),
    ...(await billing.sql(found('invoice_terms', 'invoice_id', waiting), asked)),
  ]
}

/** Entries of ordering's audit whose fingerprints, with the salt that is there, can be compared with what was written of them. */
export async function findFingerprints({ ordering }: Together, { customer, written }: Person): Promise<Row[]> {
  const salted = await ordering.sql<{ nr: number; salt: string; said: string }>(
    `SELECT nr, salt, coalesce(before, '') || after AS said FROM audit WHERE salt IS NOT NULL`,
  )
  const values: [pointer: string, value: unknown][] = [
    ['/customer/id', customer.id],
    ...written.flatMap((draft): [string, unknown][] => {
      const { externalId = null, placedAt = '' } = draft
      const content = contentOf(importedOrder.parse({ ...draft, externalId: externalId ?? 'any' }), {
        externalId,
        placedAt,
      })
      return [
        ['', { ...content, externalId }],
        ['/note', draft.note],
      ]
    }),
  ]
  return salted.filter(({ salt, said }) =>
    values.some(([pointer, value]) => said.includes(fingerprintOf(salt, pointer, value))),
  )
}

/** As the audit has it; see shared/records/audit.ts. */
function fingerprintOf(salt: string, pointer: string, value: unknown): string {
  const text = `${salt}\n${pointer}\n${JSON.stringify(value)}`
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

/** SHA-256, unkeyed, of each text of the person, of their record, and of each order as the apps write it down for a digest. */
function digestsOf({ customer, written, texts }: Person): Set<string> {
  const orders = written.flatMap((draft) => {
    const line = importedOrder.parse({ ...draft, externalId: 'any' })
    const { externalId = null, placedAt = '' } = draft
    const content = contentOf(line, { externalId, placedAt })
    const sorted = JSON.stringify(invoiceContentOf(content), (_, value: unknown) => sortMembers(value))
    const sent = JSON.stringify(orderInput.parse(draft))
    return [JSON.stringify(draft), sent, describeContent(content), describeLine(line), sorted]
  })
  const { address, ...own } = customer
  const said = [...Object.values(own), ...Object.values(address)].filter((text) => typeof text === 'string')
  const whole = [JSON.stringify(customer), JSON.stringify(customer.id), JSON.stringify(customer.name)]
  const digests = [...said.filter((text) => text.length > 2), ...texts, ...whole, ...orders].map((text) =>
    createHash('sha256').update(text).digest('hex').slice(0, 16),
  )
  return new Set(digests)
}

function sortMembers(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const members = Object.entries(value).filter(([, member]) => member !== null)
  return Object.fromEntries(members.sort(([one], [other]) => (one < other ? -1 : 1)))
}
