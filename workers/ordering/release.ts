import type { Release } from '../../shared/db/release.ts'

/** What this code needs of its database: every file of migrations/, as a test holds it. */
export const RELEASE: Release = {
  app: 'ordering',
  migrations: [
    '0001_orders.sql',
    '0002_billing_notices.sql',
    '0003_audit.sql',
    '0005_order_list.sql',
    '0006_lines_of_an_order.sql',
    '0007_order_lists.sql',
    '0008_order_lists.sql',
    '0009_supply_and_exemption.sql',
    '0010_collation.sql',
    '0011_bounded_numbers.sql',
    '0015_erasure.sql',
    '0016_audit.sql',
  ],
}
