import { sha256 } from '../text/digest.ts'

/** Fields by JSON Pointer (RFC 6901; the empty one is the whole), each with a state, a number or a fingerprint. */
export type AuditedFields = Record<string, string | number | null>
/** What a change did to which fields; null before there was anything, or after there is nothing any more. */
export type AuditedChange = { before: AuditedFields | null; after: AuditedFields | null }

/** An entry of an app's audit, as it is shown and exported. */
export type AuditEntry = AuditedChange & {
  nr: number
  /** ISO 8601, UTC. */
  at: string
  /** A person's email, a service token's client id, or `cron`. */
  by: string
  act: string
  /** The order it is about, and the revision that the act led to. */
  orderNumber: number | null
  revision: number | null
  requestId: string
  /** What an import of the catalogue made or changed, the first of it; left out where it is about nothing of the catalogue. */
  records?: AuditedRecord[] | undefined
}

/** A record of the catalogue that was made or changed: its id or sku, and its fields that changed, by JSON Pointer. */
export type AuditedRecord = {
  /** Null where the customer was erased since. */
  id: string | null
  /** Null where the record was new. */
  fields: string[] | null
}

/** An entry as its row holds it. */
export type AuditRow = Omit<AuditEntry, 'before' | 'after' | 'records'> & {
  before: string | null
  after: string | null
  records?: string | null
}

/** The entry that a row stands for. */
export function toAuditEntry({ records = null, ...row }: AuditRow): AuditEntry {
  const entry = { ...row, before: toFields(row.before), after: toFields(row.after) }
  return records === null ? entry : { ...entry, records: JSON.parse(records) as AuditedRecord[] }
}

function toFields(text: string | null): AuditedFields | null {
  return text === null ? null : (JSON.parse(text) as AuditedFields)
}

/** How many hexadecimal digits represent a value: enough that two differ, too few to be taken for more than that. */
const FINGERPRINT_DIGITS = 16

/** A salt for one entry: without it nobody can try out which value a fingerprint stands for. */
export function newSalt(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** The fingerprint of a field's value, as the audit keeps it. */
export async function fingerprintOf(salt: string, pointer: string, value: unknown): Promise<string> {
  const digest = await sha256(`${salt}\n${pointer}\n${JSON.stringify(value)}`)
  return `sha256:${digest.slice(0, FINGERPRINT_DIGITS)}`
}

/** The fields in which two documents differ, with fingerprints of what stood and stands there; null: nothing. */
export async function describeChange(before: object, after: object, salt: string): Promise<AuditedChange> {
  const earlier = listFields(before)
  const later = listFields(after)
  const change = { before: {} as AuditedFields, after: {} as AuditedFields }
  for (const pointer of new Set([...earlier.keys(), ...later.keys()])) {
    const [was, is] = [earlier.get(pointer), later.get(pointer)]
    if (JSON.stringify(was) === JSON.stringify(is)) continue
    change.before[pointer] = was === undefined ? null : await fingerprintOf(salt, pointer, was)
    change.after[pointer] = is === undefined ? null : await fingerprintOf(salt, pointer, is)
  }
  return change
}

/** What a new document is: one fingerprint of the whole. */
export async function describeCreation(document: object, salt: string): Promise<AuditedChange> {
  return { before: null, after: { '': await fingerprintOf(salt, '', document) } }
}

/** Each member by its pointer: objects member by member, an array's elements whole. An absent value counts as null. */
function listFields(document: object, path = ''): Map<string, unknown> {
  const fields = new Map<string, unknown>()
  for (const [member, value] of Object.entries(document) as [string, unknown][]) {
    const pointer = `${path}/${member}`
    if (Array.isArray(value)) value.forEach((element: unknown, index) => fields.set(`${pointer}/${index}`, element))
    else if (typeof value === 'object' && value !== null) {
      for (const [inner, innerValue] of listFields(value, pointer)) fields.set(inner, innerValue)
    } else fields.set(pointer, value)
  }
  return fields
}
