import { type Child, createContext, useContext } from 'hono/jsx'
import type { Role } from '../access/roles.ts'
import type { Reader } from '../edge/reader.ts'
import { type App, type FrameProps, Layout } from './layout.tsx'

/** What every page of an app is framed with. */
export type Frame = {
  /** Who is signed in; left out on a page that is answered to nobody. */
  user?: string | undefined
  /** The roles that they have: what nobody with these may do is not offered. */
  roles: readonly Role[]
  reader?: Reader | undefined
  /** What the operator finds the request by; left out where the problem itself carries it. */
  requestId?: string | undefined
  /** Where the other app is reached by people. */
  otherOrigin: string
}

type FrameWords<Place extends string, Right extends string> = {
  app: App
  /** What the other app is called in the menu. */
  otherApp: string
  /** An entry is shown to those who have its right, and to everybody where it needs none. */
  menu: readonly { place: Place; right?: Right; href: string; label: string }[]
  may: (right: Right, roles: readonly Role[]) => boolean
}

type PageProps<Place> = {
  frame: Frame
  title: string
  /** What it is printed as, where it is a document. */
  sheet?: string | undefined
  current?: Place | undefined
  /** Scripts that improve the page; it works without them. */
  scripts?: string[] | undefined
  children: Child
}

/**
 * The frame of an app's pages: `frameProps` for the shared layout, with the menu's entry marked that the page stands
 * under; a page; and what only those see who have a right, such as a button whose route would refuse the others.
 */
export function defineFrame<Place extends string, Right extends string>(words: FrameWords<Place, Right>) {
  const { app, otherApp, menu, may } = words
  const RolesContext = createContext<readonly Role[]>([])

  function frameProps({ user, roles, reader, otherOrigin }: Frame, current?: Place): FrameProps {
    const shown = menu.filter(({ right }) => right === undefined || may(right, roles))
    return {
      app,
      menu: shown.map(({ place, href, label }) => ({ href, label, current: place === current })),
      otherApp: { href: otherOrigin, label: otherApp },
      user,
      reader,
    }
  }

  function Page({ frame, title, sheet, current, scripts, children }: PageProps<Place>) {
    return (
      <RolesContext.Provider value={frame.roles}>
        <Layout {...frameProps(frame, current)} title={title} sheet={sheet} scripts={scripts}>
          {children}
        </Layout>
      </RolesContext.Provider>
    )
  }

  function IfAllowed({ right, children }: { right: Right; children: Child }) {
    return may(right, useContext(RolesContext)) ? <>{children}</> : null
  }

  return { frameProps, Page, IfAllowed }
}
