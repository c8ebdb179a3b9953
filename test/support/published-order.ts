import type { PublishedOrder } from '../../shared/contract/order.ts'

/** A customer as ordering publishes it, with all that may be left out left out. */
export const publishedCustomer: PublishedOrder['customer'] = {
  id: 'KORN',
  name: 'Kornblume Naturkost',
  contact: null,
  email: null,
  vatId: null,
  address: { street: 'Markt 1', additional: null, city: 'Jena', postalCode: null, region: null, country: 'DE' },
}

/** An order as ordering publishes it, net and gross 10.00 in EUR, with what the test asks for in it. */
export function aPublishedOrder(parts: Partial<PublishedOrder> = {}): PublishedOrder {
  return {
    number: 7,
    state: 'Confirmed',
    revision: 3,
    confirmedSequenceNr: 12,
    fingerprint: 111,
    externalId: null,
    placedAt: '2026-03-01T08:00:00Z',
    confirmedAt: '2026-03-01T08:01:00.000Z',
    confirmedBy: 'ana@example.com',
    updatedAt: '2026-03-01T08:01:00.000Z',
    updatedBy: 'ana@example.com',
    currency: 'EUR',
    customer: publishedCustomer,
    lines: [
      { sku: 'OAT-1', description: 'Oat flakes', quantity: 4, unitPrice: 250, discountPercent: 0, taxPercent: 0 },
    ],
    charges: [],
    suppliedOn: null,
    taxExemptionReason: null,
    note: null,
    totals: { net: 1_000, tax: 0, gross: 1_000 },
    ...parts,
  }
}
