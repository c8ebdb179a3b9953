import type { Order } from '../../../shared/contract/order.ts'

// The examples of the document. A test asks for them one after the other, of an app that is empty at first, and gets
// these answers; what no two runs share (instants, fingerprints) may differ.

const AT = '2026-03-02T09:30:00.000Z'
const CLERK = 'you@example.com'

export const CUSTOMER = {
  id: 'VINET',
  name: 'Vins et alcools Chevalier',
  contact: null,
  email: null,
  vatId: null,
  address: {
    street: '59 rue de l’Abbaye',
    additional: null,
    city: 'Reims',
    postalCode: '51100',
    region: null,
    country: 'FR',
  },
}

export const FOUND_CUSTOMER = { ...CUSTOMER, orderCurrency: { currency: 'EUR', origin: 'country' } }

export const PRODUCT = {
  sku: '11',
  description: 'Queso Cabrales',
  unitPrice: 1400,
  currency: 'USD',
  taxPercent: 0,
}

export const ORDER_INPUT = {
  externalId: 'NW-10248',
  placedAt: '2012-07-04T00:00:00Z',
  currency: 'USD',
  customer: CUSTOMER,
  lines: [{ sku: '11', description: 'Queso Cabrales', quantity: 12, unitPrice: 1400 }],
  charges: [{ description: 'Freight', amount: 3238 }],
}

export const ORDER = {
  number: 1,
  state: 'Draft',
  revision: 1,
  confirmedSequenceNr: -1,
  fingerprint: 730144440321,
  externalId: 'NW-10248',
  placedAt: '2012-07-04T00:00:00Z',
  confirmedAt: null,
  confirmedBy: null,
  updatedAt: AT,
  updatedBy: CLERK,
  currency: 'USD',
  customer: CUSTOMER,
  lines: [
    {
      sku: '11',
      description: 'Queso Cabrales',
      quantity: 12,
      unitPrice: 1400,
      discountPercent: 0,
      taxPercent: 0,
    },
  ],
  charges: [{ description: 'Freight', amount: 3238, taxPercent: 0 }],
  suppliedOn: null,
  taxExemptionReason: null,
  note: null,
  totals: { net: 20038, tax: 0, gross: 20038 },
} satisfies Order

export const AMENDED_INPUT = { ...ORDER_INPUT, note: 'Deliver before noon.' }
export const AMENDED_ORDER = {
  ...ORDER,
  revision: 2,
  fingerprint: 91337450112,
  note: 'Deliver before noon.',
} satisfies Order

export const CONFIRMED_ORDER = {
  ...AMENDED_ORDER,
  state: 'Confirmed',
  revision: 3,
  fingerprint: 1002003004005,
  confirmedAt: AT,
  confirmedBy: CLERK,
} satisfies Order

export const IMPORT_LINE = { ...ORDER_INPUT, externalId: 'NW-10249', state: 'Confirmed' }
/** What an import of one new record has done. */
export const ONE_CREATED = { created: 1, changed: 0, unchanged: 0, failed: [] }

export const FEED_BATCH = {
  orders: [
    { ...CONFIRMED_ORDER, confirmedSequenceNr: 1 },
    {
      ...ORDER,
      number: 2,
      state: 'Confirmed',
      revision: 1,
      confirmedSequenceNr: 2,
      fingerprint: 500600700800,
      externalId: 'NW-10249',
      confirmedAt: AT,
      confirmedBy: CLERK,
    },
  ],
  next: '9f3c5a1be27d4480.2',
  more: false,
  epoch: '9f3c5a1be27d4480',
  schema: 1,
}

export const REPUBLISH = { after: 0, limit: 500 }
export const REPUBLISHED = { republished: 2, next: null }
