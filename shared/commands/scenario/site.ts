import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { raw } from 'hono/html'
import { secureHeaders } from 'hono/secure-headers'
import { stream } from 'hono/streaming'
import { ROOT } from '../../project/project.ts'
import * as page from './pages.ts'
import { playScenario, type ScenarioRun, titleOfScenario } from './play.ts'

const STYLE = join(ROOT, 'shared/assets/waybill.css')
const ICON = join(import.meta.dirname, 'scenarios.svg')
const GAP = '<!-- continues here -->'

/** The pages that scenarios are played from. One is played at a time; the last run of each is kept to be read again. */
export type ScenariosApp = { fetch: (request: Request) => Response | Promise<Response>; end: () => Promise<void> }

/** @param port that the pages are asked for at, by this machine alone */
export function createScenariosApp(port: number, apps: page.AppOrigins): ScenariosApp {
  const runs = new Map<string, ScenarioRun>()
  const findGoing = (): ScenarioRun | undefined => [...runs.values()].find((run) => run.isGoing())

  const render = (c: Context, status: 200 | 404, title: string, main: page.Part) =>
    c.html(page.framePage(apps, title, main), status)
  const refuse = (c: Context, status: 403 | 404 | 409 | 421, title: string, why: string, going?: string) =>
    c.html(page.framePage(apps, title, page.tellRefusal(status, title, why, going)), status)

  const app = new Hono()
    .use(protect)
    .use(async (c, next) => {
      // A page of elsewhere may give this machine a name of its own, and be of the same origin then.
      const host = c.req.header('Host')
      if (host === `localhost:${port}` || host === `127.0.0.1:${port}`) return next()
      return refuse(c, 421, 'This address is not answered', `These pages are at http://localhost:${port}.`)
    })
    .get('/', (c) => render(c, 200, 'Scenarios', page.listScenarios(findGoing()?.name)))
    .get('/waybill.css', (c) => c.body(readFileSync(STYLE, 'utf8'), 200, { 'Content-Type': 'text/css; charset=utf-8' }))
    .get('/scenarios.svg', (c) => c.body(readFileSync(ICON, 'utf8'), 200, { 'Content-Type': 'image/svg+xml' }))
    .get('/:name', async (c, next) => {
      const name = c.req.param('name')
      const title = titleOfScenario(name)
      if (title === undefined) return next()
      const run = runs.get(name)
      if (run === undefined) return render(c, 200, title, page.showUnplayed(name, title))
      const shown = page.showRun(name, title, run.isGoing(), raw(GAP))
      const [head = '', between = '', foot = ''] = String(await page.framePage(apps, title, shown)).split(GAP)
      c.header('Content-Type', 'text/html; charset=utf-8')
      return stream(c, async (out) => {
        await out.write(head)
        for await (const step of run.follow()) {
          if (out.aborted) return
          await out.write(String(await page.tellStep(step)))
        }
        await out.write(between + String(await page.tellEnd(name, run.fault())) + foot)
      })
    })
    .post('/:name', (c, next) => {
      const name = c.req.param('name')
      if (titleOfScenario(name) === undefined) return next()
      if (c.req.header('Origin') !== new URL(c.req.url).origin) {
        return refuse(c, 403, 'That came from another site', 'Nothing was started.')
      }
      const going = findGoing()
      if (going !== undefined && going.name !== name) {
        return refuse(c, 409, 'Another scenario is being played', 'One is played at a time.', going.name)
      }
      if (going === undefined) runs.set(name, playScenario(name))
      return c.redirect(`/${name}`, 303)
    })
    .notFound((c) => refuse(c, 404, 'There is nothing here', 'The address may be mistyped.'))

  return { fetch: app.fetch, end: async () => findGoing()?.end() }
}

const setHeaders = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
    baseUri: ["'none'"],
  },
  referrerPolicy: 'same-origin', // with no-referrer a browser would say that our own forms come from Origin null
  strictTransportSecurity: false,
})

const protect: MiddlewareHandler = async (c, next) => {
  await setHeaders(c, next)
  c.header('Cache-Control', 'no-store')
}
