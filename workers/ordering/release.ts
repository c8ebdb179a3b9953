import type { Release } from '../../shared/db/release.ts'

/** What this code needs of its database: every file of migrations/, as a test holds it. */
export const RELEASE: Release = {
  app: 'ordering',
  migrations: ['0001_orders.sql'],
}
