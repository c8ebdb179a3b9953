import type { Child } from 'hono/jsx'
import { Layout } from '../../../shared/layout.tsx'

/** What every page of billing is framed with. */
export type Frame = {
  /** Who is signed in; left out on a page that is answered to nobody. */
  user?: string
  /** Where ordering is reached by people. */
  orderingOrigin: string
}

/** The places in billing's menu. */
export type Place = 'invoices' | 'sync'

const MENU = [
  { place: 'invoices', href: '/invoices', label: 'Invoices' },
  { place: 'sync', href: '/sync', label: 'Sync' },
] as const

/** Billing's menu, with the entry marked that the page stands under. */
export function billingMenu(current?: Place) {
  return MENU.map(({ place, href, label }) => ({ href, label, current: place === current }))
}

type BillingPageProps = { frame: Frame; title: string; current?: Place; children: Child }

/** A page of billing. */
export function BillingPage({ frame, title, current, children }: BillingPageProps) {
  return (
    <Layout
      app="billing"
      title={title}
      menu={billingMenu(current)}
      otherApp={{ href: frame.orderingOrigin, label: 'Ordering' }}
      {...(frame.user === undefined ? {} : { user: frame.user })}
    >
      {children}
    </Layout>
  )
}
