import type { Release } from '../../shared/db/release.ts'

/** What this code needs of its database: every file of migrations/, as a test holds it. */
export const RELEASE: Release = {
  app: 'billing',
  migrations: [
    '0001_billing.sql',
    '0002_audit.sql',
    '0003_decisions_by_order.sql',
    '0004_erasure.sql',
    '0005_anew.sql',
    '0006_queue_sums.sql',
    '0007_frozen_documents.sql',
    '0008_found_invoices.sql',
    '0008_mismatched_invoices.sql',
    '0010_approved_content.sql',
    '0011_unreplayed.sql',
    '0011_within_bounds.sql',
    '0014_orders_of_a_customer.sql',
    '0015_erasure.sql',
    '0016_refused_notices.sql',
  ],
}
