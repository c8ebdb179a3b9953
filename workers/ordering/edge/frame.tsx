import type { Child } from 'hono/jsx'
import { type FrameProps, Layout } from '../../../shared/ui/layout.tsx'
import type { Reader } from '../../../shared/edge/reader.ts'
import type { Role } from '../../../shared/access/roles.ts'
import { may } from './rights.ts'

/** What every page of ordering is framed with. */
export type Frame = {
  /** Who is signed in; left out on a page that is answered to nobody. */
  user?: string | undefined
  /** The roles that they have: what nobody with these may do is not offered. */
  roles: readonly Role[]
  /** Where billing is reached by people. */
  billingOrigin: string
  /** What the operator finds the request by; left out where the problem itself carries it. */
  requestId?: string | undefined
  reader?: Reader | undefined
}

/** The places in ordering's menu. */
export type Place = 'orders' | 'new-order' | 'customers' | 'products'

const MENU = [
  { place: 'orders', right: 'read', href: '/orders', label: 'Orders' },
  { place: 'new-order', right: 'enter', href: '/orders/new', label: 'New order' },
  { place: 'customers', right: 'read', href: '/customers', label: 'Customers' },
  { place: 'products', right: 'read', href: '/products', label: 'Products' },
] as const

/** The frame as the shared layout takes it, with the menu's entry marked that the page stands under. */
export function frameProps({ user, roles, billingOrigin, reader }: Frame, current?: Place): FrameProps {
  const menu = MENU.filter(({ right }) => may(right, roles))
  return {
    app: 'ordering',
    menu: menu.map(({ place, href, label }) => ({ href, label, current: place === current })),
    otherApp: { href: billingOrigin, label: 'Billing' },
    user,
    reader,
  }
}

type OrderingPageProps = {
  frame: Frame
  title: string
  /** What it is printed as, where it is a document. */
  sheet?: string | undefined
  current?: Place | undefined
  scripts?: string[] | undefined
  children: Child
}

/** A page of ordering. */
export function OrderingPage({ frame, title, sheet, current, scripts, children }: OrderingPageProps) {
  return (
    <Layout {...frameProps(frame, current)} title={title} sheet={sheet} scripts={scripts}>
      {children}
    </Layout>
  )
}
