import type { QueryParameters } from '../../../shared/edge/query-parameters.ts'

const FOUND_BY = ['q', 'gross', 'currency', 'issuedFrom', 'issuedTo']

/** What the address of each file and program's request may ask for; all other routes of programs ask nothing. */
export const QUERY_PARAMETERS: QueryParameters = {
  // One form asks for either file, and says of both how CSV is written.
  'GET /invoices.csv': ['month', 'csv'],
  'GET /invoices.xlsx': ['month', 'csv'],
  'GET /api/invoices': ['state', 'order', 'mismatched', ...FOUND_BY, 'after', 'limit'],
  'GET /api/trace': ['q'],
  'GET /api/credit-notes': [...FOUND_BY, 'after', 'limit'],
  'GET /api/audit': ['after', 'limit'],
}
