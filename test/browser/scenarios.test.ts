import type { ChildProcess } from 'node:child_process'
import { subscribe } from 'node:diagnostics_channel'
import axe from 'axe-core'
import { HtmlValidate } from 'html-validate/node'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { findFreePort } from '../../shared/commands/support/ports.ts'
import { type ScenariosServer, serveScenarios } from '../../shared/commands/scenario/server.ts'
import { signalGroup } from '../../shared/commands/support/processes.ts'
import { launch } from '../support/chromium.ts'

const PLAYED_WITHIN_MS = 90_000
const APPS = { ordering: 'http://localhost:8787', billing: 'http://localhost:8788' }

let server: ScenariosServer
let browser: Browser

// The server runs in this process, and what it starts to play a scenario is told of here, as the browser is.
const spawned: ChildProcess[] = []
subscribe('child_process', (message) => spawned.push((message as { process: ChildProcess }).process))

function findPlaying(name: string): ChildProcess | undefined {
  return spawned.find(({ spawnargs }) => spawnargs.includes(name))
}

beforeAll(async () => {
  const started = await serveScenarios(await findFreePort(), APPS)
  if (started === undefined) throw new Error('The port that was free is in use')
  server = started
  browser = await launch([])
})
afterAll(async () => {
  await browser.close()
  await server.close()
})

async function open(options = {}): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options })
  await page.goto(server.origin)
  return page
}

function post(path: string, headers: Record<string, string>): Promise<Response> {
  return fetch(server.origin + path, { method: 'POST', redirect: 'manual', headers })
}

describe('the page of scenarios', () => {
  it('lists what there is to break, each with its command, and leads to both apps', async () => {
    const page = await open()
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Scenarios')
    const row = page.getByRole('row', { name: /Ordering does not answer; billing shows what it has/ })
    expect(await row.textContent()).toContain('npm run scenario -- ordering-away')
    expect(await page.getByRole('link', { name: 'Billing', exact: true }).getAttribute('href')).toBe(APPS.billing)
  })

  it(
    'plays one on both apps, step by step, without scripts, and one at a time',
    async () => {
      const page = await open({ javaScriptEnabled: false })
      const played = page.getByRole('button', { name: 'Play billing-away' }).click()
      const playing = await vi.waitUntil(() => findPlaying('billing-away'), { timeout: 30_000 })
      // Held until the others have looked: it may be over before a page has loaded.
      signalGroup(playing, 'SIGSTOP')
      const other = await open({ javaScriptEnabled: false })
      await other.getByRole('link', { name: 'Watch' }).waitFor()
      await other.getByRole('button', { name: 'Play max-plus-one' }).click()
      expect(await other.getByRole('heading', { level: 1 }).textContent()).toBe('Another scenario is being played')
      await page.getByText('Running').waitFor()
      signalGroup(playing, 'SIGCONT')

      const steps = page.getByRole('log', { name: 'What happens' })
      await steps.getByText('Billing goes away: no pull runs, and no link is answered.').waitFor({ timeout: 60_000 })
      await played
      await page.getByText('The scenario has ended as it should.').waitFor({ timeout: 60_000 })
      expect(await steps.getByText('Billing pulls: ok, 3 new').count()).toBe(1)
      expect(await steps.getByText('Checked: all guarantees hold.').count()).toBe(1)
      expect(await page.getByText('Running').isVisible()).toBe(false)
    },
    PLAYED_WITHIN_MS,
  )

  it('keeps the last run to be read again, and plays it again', async () => {
    const page = await open()
    await page.getByRole('button', { name: 'Play max-plus-one' }).press('Enter')
    await page.getByRole('button', { name: 'Play again max-plus-one' }).waitFor({ timeout: 30_000 })
    expect(await page.getByText('Order B is LOST').count()).toBe(1)
    await page.reload()
    expect(await page.getByText('Order B is LOST').count()).toBe(1)
    await page.getByRole('button', { name: 'Play again max-plus-one' }).click()
    await page.getByText('The scenario has ended as it should.').waitFor({ timeout: 30_000 })
    expect(page.url()).toBe(`${server.origin}/max-plus-one`)
  })

  it('starts nothing for another site, nor under a name that another site gave to this machine', async () => {
    expect((await post('/change-dates', { Origin: 'https://example.com' })).status).toBe(403)
    expect((await post('/change-dates', {})).status).toBe(403)
    expect((await post('/nothing', { Origin: server.origin })).status).toBe(404)
    const { port } = new URL(server.origin)
    const page = await browser.newPage()
    const answer = await page.request.get(server.origin, { headers: { Host: `rebound.example.com:${port}` } })
    expect(answer.status()).toBe(421)
    expect(await (await fetch(`${server.origin}/change-dates`)).text()).toContain('Not played yet')
  })

  it.each([
    { width: 1280, colorScheme: 'light' as const },
    { width: 390, colorScheme: 'dark' as const },
  ])('is valid HTML in the look of the apps that axe finds nothing in, $width wide, $colorScheme', async (look) => {
    const page = await open({ viewport: { width: look.width, height: 844 }, colorScheme: look.colorScheme })
    const validate = new HtmlValidate({ extends: ['html-validate:standard'] })
    for (const path of ['/', '/max-plus-one', '/ordering-away', '/nothing']) {
      const answer = await page.goto(server.origin + path)
      const { results } = await validate.validateString((await answer?.text()) ?? '')
      expect(results.flatMap(({ messages }) => messages.map(({ message }) => message))).toEqual([])
      const violations = await page.evaluate<unknown[]>(`${axe.source}; axe.run().then((found) => found.violations)`)
      expect(violations).toEqual([])
      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(look.width)
    }
  })
})

describe('the page of scenarios, where its port is in use', () => {
  it('is not served', async () => {
    expect(await serveScenarios(Number(new URL(server.origin).port), APPS)).toBeUndefined()
  })
})

describe('the page of scenarios, when it ends', () => {
  it('waits for nothing that is being played', async () => {
    const other = await serveScenarios(await findFreePort(), APPS)
    const { status } = await fetch(`${other?.origin}/billing-restored`, {
      method: 'POST',
      redirect: 'manual',
      headers: { Origin: other?.origin ?? '' },
    })
    expect(status).toBe(303)
    await other?.close()
    await expect(fetch(other?.origin ?? '')).rejects.toThrow('fetch failed')
  })
})
