import type { Operation } from '../../../shared/openapi/document.ts'
import type { Component } from '../../../shared/openapi/schemas.ts'
import { type Erasure, erasure, erasureInput } from '../../../shared/contract/personal-data.ts'

const EXAMPLE = {
  preview: true,
  catalogue: false,
  orders: [1, 2],
  drafts: [],
  waiting: [2],
  orphaned: [],
  decisions: [],
  retained: [{ issuedNumber: '2026-000001', until: '2036-12-31' }],
} satisfies Erasure

/** How a customer's data is found and erased. */
export const ERASURE_OPERATIONS = {
  eraseCustomer: {
    route: 'POST /api/personal-data/erase',
    tag: 'Personal data',
    summary: 'Find or erase what there is of a customer',
    description:
      'In both apps at once. Orders stay, with their numbers, amounts and lines, for a customer who has no name any more; ' +
      'Drafts are deleted. Issued invoices and credit notes stay until their time is over. While invoices are to be ' +
      'decided, corrected or made, nothing is erased, and 409 names their orders. Afterwards nothing is stored under the ' +
      'customer’s id again. Safe to repeat; a 503 says that it has to be.',
    body: {
      mediaType: 'application/json',
      schema: erasureInput,
      required: true,
      example: { customer: 'VINET', preview: true },
    },
    answers: { 200: { description: 'What there is, or was.', schema: erasure, example: EXAMPLE } },
    problems: ['conflict'],
  },
} as const satisfies Record<string, Operation>

export const ERASURE_TAG = { 'Personal data': 'What there is of a customer, and how it is erased.' }

export const ERASURE_COMPONENTS = {
  ErasureInput: {
    schema: erasureInput,
    description: 'Whose data is to be found or erased.',
    fields: { customer: 'The customer’s id, as their orders have it.', preview: 'True: nothing is changed.' },
  },
  Erasure: {
    schema: erasure,
    description: 'What there is, or was, of a customer.',
    fields: {
      preview: 'Whether nothing was changed.',
      catalogue: 'Whether they are in ordering’s catalogue.',
      orders: 'The orders that name them.',
      drafts: 'Those of them that are Drafts, and are deleted.',
      waiting: 'Orders whose invoices are to be decided, corrected or made; while there are any, nothing is erased.',
      orphaned: 'Orders that ordering no longer has, whose copies are erased in billing.',
      decisions: 'Rejections, and documents whose time is over, by number in the ledger.',
      retained: 'Documents that stay as issued, and the last day on which they must.',
    },
  },
} satisfies Record<string, Component>
