import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { lose, correct, orphan, poison } from '../billing/trouble.ts'
import { openBrowser, type RunningBrowser, serveAssets } from '../support/browser.ts'
import { anOrder, order10248, placeOrder } from '../support/orders.ts'
import { BILLING_ORIGIN, ORDERING_ORIGIN, startTogether, type Together } from '../support/together.ts'

let together: Together
let running: RunningBrowser

beforeAll(async () => {
  together = await startTogether()
  running = await openBrowser(together)
})
beforeEach(() => together.reset())
afterAll(() => running.close())

describe.each([
  { scripts: 'on', javaScriptEnabled: true },
  { scripts: 'off', javaScriptEnabled: false },
])('with JavaScript $scripts', ({ javaScriptEnabled }) => {
  it('an operator resets the token after a preview, and takes it back', async () => {
    await placeOrder(together.ordering, order10248)
    const { token } = await together.pull()
    const page = await running.open(`${BILLING_ORIGIN}/sync`, { javaScriptEnabled })
    await page.getByRole('combobox', { name: 'From' }).selectOption({ label: 'The start of the feed' })
    await page.getByRole('button', { name: 'Preview the reset' }).click()
    await expectHeading(page, 'Reset the token')
    expect(await page.getByRole('definition').allTextContents()).toContain('The start')
    expect(await readToken()).toBe(token)
    await page.getByRole('button', { name: 'Reset the token' }).click()
    await expectHeading(page, 'Sync')
    await expectText(page, 'The token was reset')
    expect(await readToken()).toBeNull()
    await page.getByRole('link', { name: 'Undo' }).click()
    await page.getByRole('button', { name: 'Reset the token' }).click()
    await expectHeading(page, 'Sync')
    expect(await readToken()).toBe(token)
  })

  it('a record that cannot be read is tried again and heals', async () => {
    const { number } = await placeOrder(together.ordering)
    await poison(together, number)
    const page = await running.open(`${BILLING_ORIGIN}/sync`, { javaScriptEnabled })
    await page.getByRole('button', { name: 'Try again' }).click()
    await expectText(page, 'It still cannot be read')
    await correct(together, number)
    await page.getByRole('button', { name: 'Try again' }).click()
    await expectText(page, 'No longer in quarantine')
    expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(0)
  })

  it('orders that a restore has lost are restored after a preview', async () => {
    const { number } = await placeOrder(together.ordering)
    await together.pull()
    await orphan(together, number)
    const page = await running.open(`${BILLING_ORIGIN}/sync`, { javaScriptEnabled })
    await page.getByRole('link', { name: 'Preview restoring them' }).click()
    await expectHeading(page, 'Restore orders')
    await page.getByRole('link', { name: `Order ${number}` }).waitFor()
    await page.getByRole('button', { name: 'Restore in ordering' }).click()
    await expectHeading(page, 'Sync')
    await page.getByRole('button', { name: 'Run now' }).click()
    await expectText(page, 'Billing is in sync with ordering')
    expect((await together.ordering.fetch(`/orders/${number}`)).status).toBe(200)
  })

  it('whoever asks where an order is gets its way through both apps, from either of them', async () => {
    const { number } = await placeOrder(together.ordering)
    const page = await running.open(`${ORDERING_ORIGIN}/orders/${number}`, { javaScriptEnabled })
    await page.getByRole('link', { name: 'Where is my order?' }).click()
    await expectText(
      page,
      `Order ${number} is confirmed in ordering and will be in billing with the next pull that succeeds.`,
    )
    await together.pull()
    await page.getByRole('link', { name: 'Sync' }).click()
    await askFor(page, `#${number}`)
    await expectText(page, `Order ${number} is in billing, and its invoice waits for approval.`)
    const steps = await page.getByRole('listitem').allTextContents()
    expect(steps.map((step) => /^(?:Ordering|Billing): (?:Confirmed|Pulled)/.exec(step)?.[0] ?? '')).toEqual([
      '',
      'Ordering: Confirmed',
      '',
      'Billing: Pulled',
      '',
    ])
  })

  it('whoever has an external id or a customer in hand finds the order among those that may be meant', async () => {
    const { ordering, pull } = together
    const [first, second] = [await placeOrder(ordering, order10248), await placeOrder(ordering)]
    await pull()
    const latest = await placeOrder(ordering, anOrder({ externalId: 'NW-10249' }))
    const page = await running.open(`${BILLING_ORIGIN}/trace`, { javaScriptEnabled })
    await askFor(page, 'nw-10249')
    await expectText(
      page,
      `Order ${latest.number} is confirmed in ordering and will be in billing with the next pull, within a minute.`,
    )
    await askFor(page, 'nw-10248')
    await expectText(page, `Order ${first.number} is in billing, and its invoice waits for approval.`)
    await askFor(page, 'nobody has it')
    await expectText(page, 'No order found')
    await pull()
    await askFor(page, second.customer.id)
    await expectHeading(page, 'Where is my order?')
    expect(await page.getByRole('rowheader').allTextContents()).toEqual([String(latest.number), String(second.number)])
    await page.getByRole('link', { name: String(second.number), exact: true }).click()
    await expectText(page, `Order ${second.number} is in billing, and its invoice waits for approval.`)
  })
})

async function askFor(page: Page, q: string): Promise<void> {
  await page.getByRole('searchbox', { name: 'Order, invoice, credit note or customer' }).fill(q)
  await page.getByRole('button', { name: 'Trace' }).click()
}

it('the pages of an operator are no wider than a telephone, nor break their own policy', async () => {
  const [lost, spoiled] = [await placeOrder(together.ordering), await placeOrder(together.ordering, order10248)]
  await together.pull()
  await orphan(together, lost.number)
  await poison(together, spoiled.number)
  await together.billing.send('POST', '/api/sync/reset', { token: null, preview: false })
  const page = await running.open(BILLING_ORIGIN, { viewport: { width: 320, height: 700 } })
  await serveAssets(page)
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  const trace = `/trace?order=${spoiled.number}`
  for (const path of [
    '/sync',
    '/sync/reset?token=',
    '/sync/orphans',
    '/trace',
    trace,
    '/trace?q=NW',
    `/orders/${lost.number}`,
  ]) {
    await page.goto(BILLING_ORIGIN + path)
    expect({ path, width: await page.evaluate('document.documentElement.scrollWidth') }).toEqual({ path, width: 320 })
  }
  expect(complaints).toEqual([])
})

it('the link of an order that ordering has no longer shows what it is, and offers no approval', async () => {
  const { number } = await placeOrder(together.ordering)
  await together.pull()
  await lose(together, number)
  const page = await running.open(`${BILLING_ORIGIN}/link/new_order/${number}`)
  await expectText(page, 'Ordering no longer has this order')
  expect(await page.getByRole('button', { name: 'Approve invoice' }).count()).toBe(0)
})

async function readToken(): Promise<string | null> {
  return ((await (await together.billing.fetch('/api/sync')).json()) as { token: string | null }).token
}

async function expectHeading(page: Page, name: string): Promise<void> {
  await page.getByRole('heading', { level: 1, name }).waitFor()
}

/** Waits for the page on which the text appears, without a reload. */
async function expectText(page: Page, text: string): Promise<void> {
  await page.getByText(text, { exact: true }).waitFor()
}
