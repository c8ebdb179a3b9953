import { COMMON_RULES, defineRights, type Rules } from '../../../shared/access/rules.ts'
import type { Role } from '../../../shared/access/roles.ts'

/** What can be done in billing, and the roles that may. */
export const RIGHTS = {
  read: ['clerk', 'manager', 'accountant', 'operator', 'auditor'],
  decide: ['accountant'],
  operate: ['operator'],
  audit: ['auditor'],
  erase: ['operator'],
} as const satisfies Record<string, readonly Role[]>

export type Right = keyof typeof RIGHTS

const TITLES: Record<Right, string> = {
  read: 'See invoices, orders and the state of the sync',
  decide: 'Approve, reject and credit invoices',
  operate: 'Run, reset and compare the pull',
  audit: 'Export the audit',
  erase: 'Find and erase a customer’s data',
}

/** Whether somebody with these roles has the right, and all rights as people read them. */
export const { may, described: DESCRIBED_RIGHTS } = defineRights(RIGHTS, TITLES)

/** Who may use which route. The edge refuses a route that is not here. */
export const RULES: Rules = {
  ...COMMON_RULES,

  'GET /': RIGHTS.read,
  'GET /invoices': RIGHTS.read,
  'GET /invoices.csv': RIGHTS.read,
  'GET /invoices.xlsx': RIGHTS.read,
  'GET /invoices/:id': RIGHTS.read,
  'GET /invoices/:id/:decision{approve|reject}': RIGHTS.read,
  'GET /approvals': RIGHTS.decide,
  'POST /approvals': RIGHTS.decide,
  'GET /approvals/done': RIGHTS.decide,
  'GET /invoices/:id/credit': RIGHTS.decide,
  'POST /invoices/:id/credit': RIGHTS.decide,
  'GET /invoices/:id/reissue': RIGHTS.decide,
  'POST /invoices/:id/reissue': RIGHTS.decide,
  'GET /credit-notes': RIGHTS.read,
  'GET /credit-notes/:id': RIGHTS.read,
  'GET /orders/:number': RIGHTS.read,
  'GET /link/new_order/:number': RIGHTS.read,
  'POST /invoices/:id/approve': RIGHTS.decide,
  'POST /invoices/:id/reject': RIGHTS.decide,
  'GET /sync': RIGHTS.read,
  'GET /sync/:act{run|compare}': RIGHTS.read,
  'GET /sync/orphans/restore': RIGHTS.read,
  'GET /sync/quarantine/retry': RIGHTS.read,
  'POST /sync/run': RIGHTS.operate,
  'POST /sync/compare': RIGHTS.operate,
  'GET /sync/reset': RIGHTS.operate,
  'POST /sync/reset': RIGHTS.operate,
  'GET /sync/orphans': RIGHTS.operate,
  'POST /sync/orphans/restore': RIGHTS.operate,
  'POST /sync/quarantine/retry': RIGHTS.operate,
  'GET /trace': RIGHTS.read,

  'GET /api/audit': RIGHTS.audit,
  'POST /api/personal-data/erase': RIGHTS.erase,
  'GET /api/orders/:number': RIGHTS.read,
  'GET /api/orders/:number/trace': RIGHTS.read,
  'GET /api/trace': RIGHTS.read,
  'GET /api/invoices': RIGHTS.read,
  'GET /api/invoices/:id': RIGHTS.read,
  'POST /api/invoices/:id/approve': RIGHTS.decide,
  'POST /api/invoices/:id/reject': RIGHTS.decide,
  'POST /api/invoices/:id/credit-notes': RIGHTS.decide,
  'POST /api/invoices/:id/reissue': RIGHTS.decide,
  'GET /api/credit-notes': RIGHTS.read,
  'GET /api/credit-notes/:id': RIGHTS.read,
  'GET /api/sync': RIGHTS.read,
  'POST /api/sync/run': RIGHTS.operate,
  'POST /api/sync/reset': RIGHTS.operate,
  'POST /api/sync/compare': RIGHTS.operate,
  'POST /api/sync/orphans/restore': RIGHTS.operate,
  'POST /api/sync/quarantine/retry': RIGHTS.operate,
}
