import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reject } from '../../billing/support.ts'
import { openBrowser, type RunningBrowser, serveAssets } from '../../support/browser.ts'
import { anOrder, type Draft, importOrders, placeDraft, placeOrder } from '../../support/orders.ts'
import { BILLING_ORIGIN, ORDERING_ORIGIN, startTogether, type Together } from '../../support/together.ts'

const EVIL_ORIGIN = 'http://evil.example'
/** Leaves any place in which text may stand, and then runs a script in each way that a page knows. */
const ATTACK = `'"--></title></textarea><script>xss=1</script><img src=x onerror=xss=1>`
const SHORT_ATTACK = `"><svg onload=xss=1><a href=javascript:xss=1>`

let together: Together
let running: RunningBrowser
beforeAll(async () => {
  together = await startTogether()
  running = await openBrowser(together)
})
afterAll(() => running.close())

/** An order with a script in each of its texts. */
const attackingOrder: Draft = {
  externalId: ATTACK,
  currency: 'EUR',
  customer: {
    id: ATTACK,
    name: ATTACK,
    contact: ATTACK,
    email: `javascript:xss=1//${SHORT_ATTACK}`,
    vatId: ATTACK,
    address: {
      street: ATTACK,
      additional: ATTACK,
      city: ATTACK,
      postalCode: SHORT_ATTACK,
      region: ATTACK,
      country: 'DE',
    },
  },
  lines: [{ sku: ATTACK, description: ATTACK, quantity: 1, unitPrice: 1000 }],
  charges: [{ description: ATTACK, amount: 100 }],
  taxExemptionReason: ATTACK,
  note: `${ATTACK}\njavascript:xss=1`,
}

async function importCatalogue(): Promise<void> {
  const headers = { 'Content-Type': 'application/x-ndjson' }
  const product = { sku: ATTACK, description: ATTACK, unitPrice: 100, currency: 'EUR', taxPercent: 7 }
  const bodies = { customers: JSON.stringify(attackingOrder.customer), products: JSON.stringify(product) }
  for (const [catalogue, body] of Object.entries(bodies)) {
    const response = await together.ordering.fetch(`/api/${catalogue}/import`, { method: 'POST', headers, body })
    expect(await response.json()).toMatchObject({ created: 1 })
  }
}

/** A page that keeps what it complains of, and whatever ran or was tried against the policy. */
async function openWatched(): Promise<{ page: Page; complaints: string[] }> {
  const page = await running.open('/me')
  await serveAssets(page)
  const complaints: string[] = []
  page.on('console', (message) => {
    if (/Content.Security.Policy|Refused|violates/i.test(message.text())) complaints.push(message.text())
  })
  page.on('dialog', (dialog) => {
    complaints.push(dialog.message())
    void dialog.dismiss()
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  return { page, complaints }
}

describe('a script stored in every field', () => {
  const asked = encodeURIComponent(ATTACK)
  const paths = {
    ordering: [
      '/ /orders /orders/1 /orders/1/edit /orders/new?copy=1 /customers /products /me /api',
      `/orders?q=${asked} /orders?state=${asked} /orders?sort=${asked} /orders?deleted=${asked} /orders/${asked}`,
      `/customers?q=${asked} /products?q=${asked} /problems/${asked} /${asked}`,
    ].flatMap((line) => line.split(' ')),
    billing: [
      '/ /invoices?state=All /invoices/1 /invoices/2 /orders/1 /link/new_order/1 /sync /trace?order=1 /me /api',
      `/invoices?state=${asked} /invoices?order=${asked} /sync?tried=${asked} /trace?order=${asked}`,
      `/link/new_order/${asked} /orders/${asked} /invoices/${asked} /sync/reset?token=${asked}`,
    ].flatMap((line) => line.split(' ')),
  }

  beforeAll(async () => {
    await together.reset()
    await placeOrder(together.ordering, attackingOrder)
    await placeOrder(together.ordering, anOrder({ note: ATTACK }))
    await importOrders(together.ordering, [{ ...attackingOrder, externalId: `2${ATTACK}` }])
    await importCatalogue()
    await together.pull()
    await reject(together.billing, 2, ATTACK)
  })

  it('runs on no page, and none is even tried', async () => {
    const { page, complaints } = await openWatched()
    for (const [origin, all] of [
      [ORDERING_ORIGIN, paths.ordering],
      [BILLING_ORIGIN, paths.billing],
    ] as const) {
      for (const path of all) {
        await page.goto(origin + path)
        const found = await page.evaluate(`({
          ran: 'xss' in window,
          scripts: [...document.querySelectorAll('script')].filter((script) => script.src === '').length,
          images: document.querySelectorAll('img[src=x], svg[onload]').length,
          links: document.querySelectorAll('a[href^="javascript:" i]').length,
          handlers: [...document.querySelectorAll('*')].flatMap((element) => element.getAttributeNames())
            .filter((name) => name.startsWith('on')).length,
        })`)
        expect({ path, found }).toEqual({ path, found: { ran: false, scripts: 0, images: 0, links: 0, handlers: 0 } })
      }
    }
    expect(complaints).toEqual([])
  })

  it('is shown as the text that it is', async () => {
    const { page } = await openWatched()
    for (const path of [`${ORDERING_ORIGIN}/orders/1`, `${BILLING_ORIGIN}/invoices/1`, `${BILLING_ORIGIN}/orders/1`]) {
      await page.goto(path)
      const text = await page.evaluate<string>('document.body.innerText')
      expect(text).toContain('<script>xss=1</script>')
    }
  })

  it('does not run in a form that comes back, nor in what it suggests', async () => {
    const { page, complaints } = await openWatched()
    await page.goto(`${ORDERING_ORIGIN}/orders/new`)
    await page.getByRole('textbox', { name: 'Note' }).fill(ATTACK)
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('textbox', { name: 'Note' }).waitFor()
    for (const box of await page.getByRole('combobox').all()) {
      if ((await box.evaluate('(element) => element.tagName')) !== 'INPUT') continue
      await box.fill('script')
      await page.waitForTimeout(400)
    }
    expect(await page.evaluate(`'xss' in window`)).toBe(false)
    expect(complaints).toEqual([])
  })
})

describe('a page of another site', () => {
  /** A page at the attacker's origin, with this in it. */
  async function openEvil(html: string, headers: Record<string, string> = {}): Promise<Page> {
    const context = await running.browser.newContext()
    const page = await context.newPage()
    await page.route(`${EVIL_ORIGIN}/**`, (route) => route.fulfill({ contentType: 'text/html', headers, body: html }))
    await page.goto(`${EVIL_ORIGIN}/`)
    return page
  }

  async function readStates(): Promise<unknown> {
    return [
      await together.ordering.sql('SELECT number, state, revision FROM orders'),
      await together.billing.sql('SELECT id, state FROM invoices'),
    ]
  }

  beforeAll(async () => {
    await together.reset()
    await placeOrder(together.ordering)
    await placeDraft(together.ordering)
    await together.pull()
  })

  const forms = [
    ['confirms no order', `${ORDERING_ORIGIN}/orders/2/confirm`],
    ['deletes no order', `${ORDERING_ORIGIN}/orders/2/delete`],
    ['amends no order', `${ORDERING_ORIGIN}/orders/2/edit`],
    ['approves no invoice', `${BILLING_ORIGIN}/invoices/1/approve`],
    ['runs no pull', `${BILLING_ORIGIN}/sync/run`],
    ['reaches no API', `${ORDERING_ORIGIN}/api/orders/2/confirm`],
  ] as const

  it.each(forms)('%s by a form', async (_what, action) => {
    const before = await readStates()
    const encodings = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain']
    for (const enctype of encodings) {
      const page = await openEvil(
        `<form method="post" enctype="${enctype}" action="${action}"><input name="seen" value="*"><button>Win</button></form>`,
      )
      const [answer] = await Promise.all([
        page.waitForResponse((response) => response.url() === action),
        page.getByRole('button').click(),
      ])
      expect(answer.status()).toBe(403)
    }
    expect(await readStates()).toEqual(before)
  })

  it('does so no better from a sandbox, whose origin is null, or without a referrer', async () => {
    const before = await readStates()
    const action = `${ORDERING_ORIGIN}/orders/2/confirm`
    const form = `<form method=post action=${action}><button>Win</button></form>`
    for (const headers of [
      { 'Content-Security-Policy': 'sandbox allow-forms' },
      { 'Referrer-Policy': 'no-referrer' },
    ]) {
      const page = await openEvil(form, headers)
      const [answer] = await Promise.all([
        page.waitForResponse((response) => response.url() === action),
        page.getByRole('button').click(),
      ])
      expect(await answer.request().headerValue('Origin')).toBe('null')
      expect(answer.status()).toBe(403)
    }
    expect(await readStates()).toEqual(before)
  })

  it('reads nothing and writes nothing by fetch', async () => {
    const before = await readStates()
    const page = await openEvil('')
    const tried = await page.evaluate<string[]>(`Promise.all([
      fetch('${ORDERING_ORIGIN}/api/orders'),
      fetch('${ORDERING_ORIGIN}/api/orders/2/confirm', { method: 'POST' }),
      fetch('${ORDERING_ORIGIN}/api/orders/2', { method: 'DELETE' }),
      fetch('${BILLING_ORIGIN}/api/sync/run', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' }),
    ].map((answer) => answer.then(() => 'answered', () => 'refused')))`)
    expect(tried).toEqual(['refused', 'refused', 'refused', 'refused'])
    // Without CORS the request leaves, and what is answered stays hidden.
    await page.evaluate(
      `fetch('${ORDERING_ORIGIN}/orders/2/confirm', { method: 'POST', mode: 'no-cors' }).catch(() => 'refused')`,
    )
    expect(await readStates()).toEqual(before)
  })

  it.each([`${ORDERING_ORIGIN}/orders/2`, `${BILLING_ORIGIN}/invoices/1`, `${ORDERING_ORIGIN}/nowhere`])(
    'frames nothing: %s',
    async (address) => {
      const page = await openEvil(`<iframe src="${address}"></iframe>`)
      const frame = page.frames().find((one) => one !== page.mainFrame())
      await frame?.waitForLoadState().catch(() => undefined)
      expect(frame?.url()).toMatch(/^chrome-error:/)
    },
  )

  it('cannot even be the other app: billing’s page posts nothing to ordering', async () => {
    const before = await readStates()
    const action = `${ORDERING_ORIGIN}/orders/2/confirm`
    const answer = await together.ordering.fetch('/orders/2/confirm', {
      method: 'POST',
      headers: { Origin: BILLING_ORIGIN, 'Content-Type': 'application/x-www-form-urlencoded' },
      body: '',
    })
    expect(answer.status).toBe(403)
    const page = await running.open(`${BILLING_ORIGIN}/sync`)
    const complaints: string[] = []
    page.on('console', (message) => complaints.push(message.text()))
    await page.evaluate(`(() => {
      const form = Object.assign(document.createElement('form'), { method: 'post', action: '${action}' })
      document.body.append(form)
      form.submit()
    })()`)
    await page.waitForTimeout(500)
    expect(complaints.join()).toContain('form-action')
    expect(await readStates()).toEqual(before)
  })
})
