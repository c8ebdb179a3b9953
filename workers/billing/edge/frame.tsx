import type { FallbackWords } from '../../../shared/ui/fallback-page.tsx'
import { defineFrame } from '../../../shared/ui/frame.tsx'
import { may } from './rights.ts'

export type { Frame } from '../../../shared/ui/frame.tsx'

const MENU = [
  { place: 'invoices', href: '/invoices', label: 'Invoices' },
  { place: 'credit-notes', href: '/credit-notes', label: 'Credit notes' },
  { place: 'trace', href: '/trace', label: 'Where is my order?' },
  { place: 'sync', href: '/sync', label: 'Sync' },
] as const

/** What every page of billing is framed with. */
export const {
  frameProps,
  Page: BillingPage,
  IfAllowed,
} = defineFrame({ app: 'billing', otherApp: 'Ordering', menu: MENU, may })

/** What people are told when no page of billing answered them. */
export const FALLBACK_WORDS: FallbackWords = {
  name: 'Billing',
  unavailable:
    'Billing’s database is not answering, or did not complete the request. Everything stored earlier is safe, and ' +
    'confirmed orders wait in ordering until billing reads them. Once it answers again, the invoice shows whether ' +
    'your last decision was stored.',
  nothingDone: 'Nothing was decided or changed.',
  perhapsDone: 'Everything stored earlier is safe. The invoice shows whether your last decision was stored.',
}
