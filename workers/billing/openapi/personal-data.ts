import { nameSchema } from '../../../shared/openapi/describe.ts'
import type { Operation } from '../../../shared/openapi/operation.ts'
import { type Erasure, erasure, erasureInput } from '../../../shared/contract/personal-data.ts'

nameSchema(erasureInput, 'ErasureInput', 'Whose data is to be found or erased.', {
  customer: 'The customer’s id, as their orders have it.',
  preview: 'True: nothing is changed.',
})
nameSchema(erasure, 'Erasure', 'What there is, or was, of a customer.', {
  preview: 'Whether nothing was changed.',
  catalogue: 'Whether they are in ordering’s catalogue.',
  orders: 'The orders that name them.',
  drafts: 'Those of them that are Drafts, and are deleted.',
  waiting: 'Orders whose invoices are to be decided, corrected or made; while there are any, nothing is erased.',
  orphaned: 'Orders that ordering no longer has, whose copies are erased in billing.',
  decisions: 'Rejections, and documents whose time is over, by number in the ledger.',
  retained: 'Documents that are retained as issued, and the last day on which they must be.',
})

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
      'In both apps at once. Orders remain, with their numbers, amounts and lines, for a customer without a name; ' +
      'Drafts are deleted. Issued invoices and credit notes are retained until their time is over. While invoices ' +
      'are to be ' +
      'decided, corrected or made, nothing is erased, and 409 names their orders. Afterwards nothing is stored ' +
      'under the ' +
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
