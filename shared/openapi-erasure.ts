import type { Operation } from './openapi.ts'
import type { Component } from './openapi-schemas.ts'
import {
  type BillingErasure,
  billingErasure,
  erasureInput,
  type OrderingErasure,
  orderingErasure,
} from './personal-data.ts'

const IN_ORDERING = { preview: true, catalogue: true, orders: [1, 2], drafts: [] } satisfies OrderingErasure
const IN_BILLING = {
  preview: true,
  waiting: [2],
  orphaned: [],
  decisions: [],
  retained: [{ issuedNumber: '2026-000001', until: '2036-12-31' }],
} satisfies BillingErasure

const COMMON = {
  route: 'POST /api/personal-data/erase',
  tag: 'Personal data',
  summary: 'Find or erase what there is of a customer',
  body: {
    mediaType: 'application/json',
    schema: erasureInput,
    required: true,
    example: { customer: 'VINET', preview: true },
  },
} as const

/** How ordering's part of a customer's data is found and erased. */
export const ORDERING_ERASURE = {
  eraseCustomer: {
    ...COMMON,
    description:
      'Orders stay, with their numbers, amounts and lines, for a customer who has no name any more; Drafts are deleted. ' +
      'Erase in billing first.',
    answers: { 200: { description: 'What there is, or was.', schema: orderingErasure, example: IN_ORDERING } },
    problems: [],
  },
} as const satisfies Record<string, Operation>

/** How billing's part of a customer's data is found and erased. */
export const BILLING_ERASURE = {
  eraseCustomer: {
    ...COMMON,
    description:
      'Issued invoices and credit notes stay until their time is over. Nothing is erased while an invoice waits for a ' +
      'decision or a correction.',
    answers: { 200: { description: 'What there is, or was.', schema: billingErasure, example: IN_BILLING } },
    problems: ['conflict'],
  },
} as const satisfies Record<string, Operation>

export const ERASURE_TAG = { 'Personal data': 'What there is of a customer, and how it is erased.' }

const INPUT: Component = {
  schema: erasureInput,
  description: 'Whose data is to be found or erased.',
  fields: { customer: 'The customer’s id, as it stands in their orders.', preview: 'True: nothing is changed.' },
}

export const ORDERING_ERASURE_COMPONENTS = {
  ErasureInput: INPUT,
  Erasure: {
    schema: orderingErasure,
    description: 'What ordering has, or had, of a customer.',
    fields: {
      preview: 'Whether nothing was changed.',
      catalogue: 'Whether they stand in the catalogue.',
      orders: 'The orders that name them.',
      drafts: 'Those of them that are Drafts, and are deleted.',
    },
  },
} satisfies Record<string, Component>

export const BILLING_ERASURE_COMPONENTS = {
  ErasureInput: INPUT,
  Erasure: {
    schema: billingErasure,
    description: 'What billing has, or had, of a customer.',
    fields: {
      preview: 'Whether nothing was changed.',
      waiting: 'Orders whose invoices wait; while there are any, nothing is erased.',
      orphaned: 'Orders that ordering no longer has, whose copies are erased here.',
      decisions: 'Rejections, and documents whose time is over, by number in the ledger.',
      retained: 'Documents that stay as issued, and the last day on which they must.',
    },
  },
} satisfies Record<string, Component>
