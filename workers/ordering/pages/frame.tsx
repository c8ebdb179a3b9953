import type { Child } from 'hono/jsx'
import { type FrameProps, Layout } from '../../../shared/layout.tsx'
import type { Reader } from '../../../shared/reader.ts'

/** What every page of ordering is framed with. */
export type Frame = {
  /** Who is signed in; left out on a page that is answered to nobody. */
  user?: string | undefined
  /** Where billing is reached by people. */
  billingOrigin: string
  reader?: Reader | undefined
}

/** The places in ordering's menu. */
export type Place = 'orders' | 'new-order' | 'customers' | 'products'

const MENU = [
  { place: 'orders', href: '/orders', label: 'Orders' },
  { place: 'new-order', href: '/orders/new', label: 'New order' },
  { place: 'customers', href: '/customers', label: 'Customers' },
  { place: 'products', href: '/products', label: 'Products' },
] as const

/** The frame as the shared layout takes it, with the menu's entry marked that the page stands under. */
export function frameProps({ user, billingOrigin, reader }: Frame, current?: Place): FrameProps {
  return {
    app: 'ordering',
    menu: MENU.map(({ place, href, label }) => ({ href, label, current: place === current })),
    otherApp: { href: billingOrigin, label: 'Billing' },
    user,
    reader,
  }
}

type OrderingPageProps = {
  frame: Frame
  title: string
  current?: Place | undefined
  scripts?: string[] | undefined
  children: Child
}

/** A page of ordering. */
export function OrderingPage({ frame, title, current, scripts, children }: OrderingPageProps) {
  return (
    <Layout {...frameProps(frame, current)} title={title} scripts={scripts}>
      {children}
    </Layout>
  )
}
