import type { Child } from 'hono/jsx'

/** Which app a page belongs to; it decides the header's name, colour and menu. */
export type App = 'ordering' | 'billing'

/** A menu entry; `current` marks the one that the page stands under. */
export type MenuEntry = { href: string; label: string; current?: boolean }

type LayoutProps = {
  app: App
  title: string
  menu: MenuEntry[]
  /** The other app's entry in the menu: its address differs by deployment. */
  otherApp: { href: string; label: string }
  /** Who is signed in, shown in the header; left out on a page that is answered to nobody. */
  user?: string
  /** Scripts that improve the page; it works without them. */
  scripts?: string[]
  children?: Child
}

/** The frame of every page: head, header with the menu, main. The one h1 is the page's own. */
export function Layout({ app, title, menu, otherApp, user, scripts = [], children }: LayoutProps) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${title} · Waybill ${app}`}</title>
        <link rel="icon" href={`/${app}.svg`} type="image/svg+xml" />
        <link rel="stylesheet" href="/waybill.css" />
        {scripts.map((src) => (
          <script src={src} defer />
        ))}
      </head>
      <body class={app}>
        <a class="skip-link" href="#main">
          Skip to the content
        </a>
        <header class="app-header">
          <a class="brand" href="/">
            Waybill <span>{app}</span>
          </a>
          <nav aria-label="Main">
            {menu.map(({ href, label, current }) => (
              <a href={href} aria-current={current === true ? 'page' : undefined}>
                {label}
              </a>
            ))}
          </nav>
          <div class="app-header-end">
            <a href={otherApp.href}>{otherApp.label}</a>
            {user !== undefined && <span class="user">{user}</span>}
          </div>
        </header>
        <main id="main">{children}</main>
      </body>
    </html>
  )
}
