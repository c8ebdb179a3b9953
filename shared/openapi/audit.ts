import * as z from 'zod'
import type { AuditEntry } from '../records/audit.ts'
import { parameter } from './describe.ts'
import type { Operation } from './operation.ts'

const fields = z.record(z.string(), z.union([z.string(), z.number(), z.null()])).nullable()

/** An entry of an app's audit. */
const auditEntry = z
  .object({
    nr: z.int().describe('Its place in the audit.'),
    at: z.iso.datetime().describe('When it was done.'),
    by: z.string().describe('A person’s email, a service token’s client id, or cron.'),
    act: z.string().describe('What was done.'),
    orderNumber: z.int().nullable().describe('The order that it is about.'),
    revision: z.int().nullable().describe('The order’s revision that it led to.'),
    requestId: z.string().describe('The request that did it, as the log has it.'),
    before: fields.describe('The fields that changed, by JSON Pointer, as they were.'),
    after: fields.describe('The same as they became.'),
    records: z
      .array(z.object({ id: z.string().nullable(), fields: z.array(z.string()).nullable() }))
      .optional()
      .describe(
        'What an import of ordering’s catalogue made or changed, the first 20: the id or sku, null once the ' +
          'customer was ' +
          'erased, and the fields that changed, null for a new record.',
      ),
  })
  .meta({
    id: 'AuditEntry',
    description:
      'An act of somebody. Values are given as fingerprints, so that no customer data leaves with the audit.',
  }) satisfies z.core.$ZodType<AuditEntry>

const EXAMPLE = {
  nr: 1,
  at: '2026-03-02T09:30:00.000Z',
  by: 'you@example.com',
  act: 'confirmed',
  orderNumber: 1,
  revision: 2,
  requestId: 'b0a6a5c2-5c1e-4b6e-8f0e-9d2f4f4f6d11',
  before: { '/state': 'Draft' },
  after: { '/state': 'Confirmed' },
} satisfies AuditEntry

/** How an app's audit is read. */
export const AUDIT_OPERATIONS = {
  readAudit: {
    route: 'GET /api/audit',
    tag: 'Audit',
    summary: 'Read the audit',
    description: 'Who did what, the oldest first, one entry a line.',
    parameters: {
      query: {
        after: parameter(z.int().min(0).default(0), 'The `nr` of the last entry that was read.'),
        limit: parameter(z.int().min(1).max(1000).default(1000), 'How many entries are read at most.'),
      },
    },
    answers: {
      200: {
        description: 'The entries.',
        mediaType: 'application/x-ndjson',
        schema: auditEntry,
        headers: { Link: 'The next page, rel="next". Omitted at the end.' },
        example: EXAMPLE,
      },
    },
    problems: [],
  },
} as const satisfies Record<string, Operation>

export const AUDIT_TAG = { Audit: 'Who did what.' }
