import { type Child, createContext, useContext } from 'hono/jsx'
import { type FrameProps, Layout } from '../../../shared/ui/layout.tsx'
import type { Reader } from '../../../shared/edge/reader.ts'
import type { Role } from '../../../shared/access/roles.ts'
import { may, type Right } from './rights.ts'

/** What every page of billing is framed with. */
export type Frame = {
  /** Who is signed in; undefined on a page that is answered to nobody. */
  user: string | undefined
  /** The roles that they have: what nobody with these may do is not offered. */
  roles: readonly Role[]
  reader: Reader
  /** What the operator finds the request by; left out where the problem itself carries it. */
  requestId?: string | undefined
  /** Where ordering is reached by people. */
  orderingOrigin: string
}

/** The places in billing's menu. */
export type Place = 'invoices' | 'credit-notes' | 'trace' | 'sync'

const MENU = [
  { place: 'invoices', href: '/invoices', label: 'Invoices' },
  { place: 'credit-notes', href: '/credit-notes', label: 'Credit notes' },
  { place: 'trace', href: '/trace', label: 'Where is my order?' },
  { place: 'sync', href: '/sync', label: 'Sync' },
] as const

/** What is round a page of billing, with the menu's entry marked that it stands under. */
export function frameProps({ user, reader, orderingOrigin }: Frame, current?: Place): FrameProps {
  return {
    app: 'billing',
    menu: MENU.map(({ place, href, label }) => ({ href, label, current: place === current })),
    otherApp: { href: orderingOrigin, label: 'Ordering' },
    user,
    reader,
  }
}

const RolesContext = createContext<readonly Role[]>([])

/** What only those see who have the right: a button whose route would refuse the others. */
export function IfAllowed({ right, children }: { right: Right; children: Child }) {
  return may(right, useContext(RolesContext)) ? <>{children}</> : null
}

type BillingPageProps = {
  frame: Frame
  title: string
  /** What it is printed as, where it is a document. */
  sheet?: string | undefined
  current?: Place
  /** Scripts that improve the page; it works without them. */
  scripts?: string[] | undefined
  children: Child
}

/** A page of billing. */
export function BillingPage({ frame, title, sheet, current, scripts, children }: BillingPageProps) {
  return (
    <RolesContext.Provider value={frame.roles}>
      <Layout {...frameProps(frame, current)} title={title} sheet={sheet} scripts={scripts}>
        {children}
      </Layout>
    </RolesContext.Provider>
  )
}
