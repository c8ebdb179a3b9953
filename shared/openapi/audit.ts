import * as z from 'zod'
import type { AuditEntry } from '../records/audit.ts'
import type { Operation } from './document.ts'
import type { Component } from './schemas.ts'

const fields = z.record(z.string(), z.union([z.string(), z.number(), z.null()])).nullable()

/** An entry of an app's audit. */
const auditEntry: z.core.$ZodType<AuditEntry> = z.object({
  nr: z.int(),
  at: z.iso.datetime(),
  by: z.string(),
  act: z.string(),
  orderNumber: z.int().nullable(),
  revision: z.int().nullable(),
  requestId: z.string(),
  before: fields,
  after: fields,
  records: z.array(z.object({ id: z.string().nullable(), fields: z.array(z.string()).nullable() })).optional(),
})

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
        after: { schema: z.int().min(0).default(0), description: 'The `nr` of the last entry that was read.' },
        limit: { schema: z.int().min(1).max(1000).default(1000), description: 'How many entries are read at most.' },
      },
    },
    answers: {
      200: {
        description: 'The entries.',
        mediaType: 'application/x-ndjson',
        schema: auditEntry,
        headers: { Link: 'Where it goes on; rel="next". Left out at the end.' },
        example: EXAMPLE,
      },
    },
    problems: [],
  },
} as const satisfies Record<string, Operation>

export const AUDIT_TAG = { Audit: 'Who did what.' }

export const AUDIT_COMPONENTS = {
  AuditEntry: {
    schema: auditEntry,
    description: 'An act of somebody. Values are told as fingerprints, so that no customer data leaves with the audit.',
    fields: {
      nr: 'Its place in the audit.',
      at: 'When it was done.',
      by: 'A person’s email, a service token’s client id, or cron.',
      act: 'What was done.',
      orderNumber: 'The order that it is about.',
      revision: 'The order’s revision that it led to.',
      requestId: 'The request that did it, as the log has it.',
      before: 'The fields that changed, by JSON Pointer, as they were.',
      after: 'The same as they became.',
      records:
        'What an import of ordering’s catalogue made or changed, the first 20: the id or sku, null once the customer was ' +
        'erased, and the fields that changed, null for a new record.',
    },
  },
} satisfies Record<string, Component>
