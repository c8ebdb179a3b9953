import { ORDER_NUMBERS, type PublishedOrder } from '../../../shared/contract/order.ts'
import { defineConsumer } from '../../../shared/handover/consumer/definition.ts'
import { ORDERING } from '../client/ordering-client.ts'
import { parseOrder } from '../copies/order-copy.ts'
import { searchedIn } from '../copies/searched-text.ts'
import { upsertInvoices } from '../documents/open-invoice-store.ts'
import { LAST_DECISION, UNREPLAYED } from '../ledger/decision-store.ts'
import { openLedger } from '../ledger/invoice-ledger.ts'
import { auditReset } from '../records/audit-store.ts'
import { RELEASE } from '../release.ts'
import { ORDER_TABLES, orders } from '../feed-schema.ts'

const PROBE_INSTANT = '2000-01-01T00:00:00Z'
const PROBE = {
  number: ORDER_NUMBERS - 1,
  state: 'Confirmed',
  revision: 1,
  confirmedSequenceNr: 1,
  fingerprint: 0,
  externalId: null,
  placedAt: PROBE_INSTANT,
  confirmedAt: PROBE_INSTANT,
  confirmedBy: 'probe',
  updatedAt: PROBE_INSTANT,
  updatedBy: 'probe',
  currency: 'EUR',
  customer: {
    id: 'probe',
    name: 'probe',
    contact: null,
    email: null,
    vatId: null,
    address: { street: '-', additional: null, city: '-', postalCode: null, region: null, country: 'DE' },
  },
  lines: [{ sku: '-', description: '-', quantity: 1, unitPrice: 1, discountPercent: 0, taxPercent: 0 }],
  charges: [],
  suppliedOn: null,
  taxExemptionReason: null,
  note: null,
  totals: { net: 1, tax: 0, gross: 1 },
} satisfies PublishedOrder

/** Billing's reading of the feed of orders: each order has an invoice that follows it, in the transaction that stores it. */
export const orderConsumer = defineConsumer({
  ...ORDERING,
  tables: ORDER_TABLES,
  release: RELEASE,
  parse: parseOrder,
  derived: { column: orders.searched, from: searchedIn },
  apply: upsertInvoices,
  beforeReading: {
    facts: { decisions: LAST_DECISION, unreplayed: UNREPLAYED },
    act: ({ env }, { decisions, unreplayed }) => openLedger(env).reconcile(decisions, unreplayed > 0),
  },
  recordReset: (db, reset) => [auditReset(db, reset)],
  health: {
    facts: { unreplayed: UNREPLAYED },
    reasons: ({ unreplayed }) =>
      unreplayed > 0 ? [`Decisions that the database refuses to replay after a restore: ${unreplayed}`] : [],
  },
  probe: PROBE,
  limits: (env) => ({
    compareEveryMinutes: env.COMPARE_EVERY_MINUTES,
    maxLagSeconds: env.MAX_LAG_SECONDS,
    maxAgreementAgeMinutes: env.MAX_AGREEMENT_AGE_MINUTES,
    keepRunsDays: env.KEEP_RUNS_DAYS,
    keepEvidenceDays: env.KEEP_EVIDENCE_DAYS,
  }),
  traced: (env) => env.LOG_LEVEL === 'trace',
})
