import type { FallbackWords } from '../../../shared/ui/fallback-page.tsx'
import { defineFrame } from '../../../shared/ui/frame.tsx'
import { may } from './rights.ts'

export type { Frame } from '../../../shared/ui/frame.tsx'

const MENU = [
  { place: 'orders', right: 'read', href: '/orders', label: 'Orders' },
  { place: 'new-order', right: 'enter', href: '/orders/new', label: 'New order' },
  { place: 'customers', right: 'read', href: '/customers', label: 'Customers' },
  { place: 'products', right: 'read', href: '/products', label: 'Products' },
] as const

/** What every page of ordering is framed with. */
export const { frameProps, Page: OrderingPage } = defineFrame({ app: 'ordering', otherApp: 'Billing', menu: MENU, may })

/** What people are told when no page of ordering answered them. */
export const FALLBACK_WORDS: FallbackWords = {
  name: 'Ordering',
  unavailable:
    'Ordering’s database is not answering, or did not complete the request. Everything saved earlier is safe. Once ' +
    'it answers again, the list of orders shows whether your last change was saved.',
  nothingDone: 'Nothing was saved or changed.',
  perhapsDone:
    'Everything saved earlier is safe. The order, or the list of orders, shows whether your last change was saved.',
}
