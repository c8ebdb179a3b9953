import { raw } from 'hono/html'
import type { Child } from 'hono/jsx'
import { DEFAULT_READER, type Reader, ReaderContext } from '../edge/reader.ts'

/** Which app a page belongs to; it decides the header's name, colour and menu. */
export type App = 'ordering' | 'billing'

/** A menu entry; `current` marks the one that the page stands under. */
export type MenuEntry = { href: string; label: string; current?: boolean | undefined }

/** What the frame of a page needs to know beside its content; every page of an app is handed the same. */
export type FrameProps = {
  app: App
  menu: MenuEntry[]
  /** The other app's entry in the menu: its address differs by deployment. */
  otherApp: { href: string; label: string }
  /** Who is signed in, shown in the header; left out on a page that is answered to nobody. */
  user?: string | undefined
  /** In whose language and time zone figures and instants are written. */
  reader?: Reader | undefined
}

/** What a browser has read once it has read the whole page. */
const PAGE_END = 'page-end'

type LayoutProps = FrameProps & {
  title: string
  /** What the page is printed as, such as `Invoice 2026-000001`: named on each sheet after the first. */
  sheet?: string | undefined
  /** Scripts that improve the page; it works without them. */
  scripts?: string[] | undefined
  /** The address to go to after `seconds` where scripts do not run; where they do, one of `scripts` sees to it. */
  refresh?: { seconds: number; path: string } | undefined
  children?: Child
}

/** The frame of every page: head, header with the menu, main. The one h1 is the page's own. */
export function Layout({
  app,
  title,
  menu,
  otherApp,
  user,
  reader,
  sheet,
  scripts = [],
  refresh,
  children,
}: LayoutProps) {
  return (
    <ReaderContext.Provider value={reader ?? DEFAULT_READER}>
      {
        // A page without it is laid out by the rules of 1998; it stands outside of what JSX can say.
        raw('<!DOCTYPE html>')
      }
      <html lang="en" data-sheet={sheet}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          {refresh !== undefined && (
            <noscript>
              <meta http-equiv="refresh" content={`${refresh.seconds};url=${refresh.path}`} />
            </noscript>
          )}
          <title>{`${title} · Waybill ${app}`}</title>
          <link rel="icon" href={`/${app}.svg`} type="image/svg+xml" />
          <link rel="stylesheet" href="/waybill.css" />
          {
            // The first picture waits for the whole page: in a table that is shown half, each further row moves the columns.
            // Hono's JSX leaves `blocking` out of a link.
            raw(`<link rel="expect" href="#${PAGE_END}" blocking="render"/>`)
          }
          {/* Before the first picture, so that nothing moves when an instant gets shorter or longer. */}
          {reader?.zoneOfBrowser === true && <script src="/local-times.js" type="module" blocking="render" />}
          {scripts.map((src) => (
            <script src={src} type="module" />
          ))}
        </head>
        <body class={app}>
          <a class="skip-link" href="#main">
            Skip to content
          </a>
          <header class="app-header">
            <a class="brand" href="/">
              <img src={`/${app}.svg`} alt="" width="24" height="24" />
              <span>
                Waybill <b>{app}</b>
              </span>
            </a>
            <nav aria-label="Main">
              {menu.map(({ href, label, current }) => (
                <a href={href} aria-current={current === true ? 'page' : undefined}>
                  {label}
                </a>
              ))}
            </nav>
            <div class="app-header-end">
              <a class="other-app" href={otherApp.href}>
                {otherApp.label}
              </a>
              {user !== undefined && (
                <a class="user" href="/me" title="Your roles">
                  {user}
                </a>
              )}
            </div>
          </header>
          <main id="main" tabindex={-1}>
            {children}
          </main>
          <span id={PAGE_END} hidden></span>
        </body>
      </html>
    </ReaderContext.Provider>
  )
}
