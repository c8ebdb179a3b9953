import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openBrowser, type RunningBrowser, serveAssets } from '../support/browser.ts'
import { Person } from '../support/effort.ts'
import { anOrder, orderAtTwoRates, placeOrder } from '../support/orders.ts'
import { BILLING_ORIGIN, startTogether, type Together } from '../support/together.ts'

const REASON = 'The teapot came broken'

let together: Together
let running: RunningBrowser

beforeAll(async () => {
  together = await startTogether()
  running = await openBrowser(together)
})
afterAll(() => running.close())
beforeEach(() => together.reset())

describe('to approve ten invoices takes', () => {
  it('two clicks', async () => {
    const accountant = await sitDown('/', ...ten())
    await accountant.click(accountant.link('Approve the oldest 10…'))
    await accountant.click(accountant.button('Approve 10 invoices'))
    await accountant.see('10 of 10 approved')
    expect(accountant.tell('Approve ten invoices by pointer')).toEqual({ clicks: 2, keys: 0 })
  })

  it('five keys', async () => {
    const accountant = await sitDown('/', ...ten())
    await accountant.press('a', 'Tab', 'Enter')
    await accountant.see('Approve 10 invoices')
    await accountant.press('a', 'Enter')
    await accountant.see('10 of 10 approved')
    expect(accountant.tell('Approve ten invoices by keyboard')).toEqual({ clicks: 0, keys: 5 })
  })
})

describe('to approve one invoice takes', () => {
  it('two clicks', async () => {
    const accountant = await sitDown('/', anOrder())
    await accountant.click(accountant.link('For order 1'))
    await accountant.click(accountant.button('Approve invoice'))
    await accountant.see(/^Invoice \d{4}-000001$/)
    expect(accountant.tell('Approve one invoice by pointer')).toEqual({ clicks: 2, keys: 0 })
  })

  it('four keys, and three for the next', async () => {
    const accountant = await sitDown('/', anOrder(), anOrder())
    await accountant.press('j', 'Enter')
    await accountant.see('Invoice for order 1')
    await accountant.press('a', 'Enter')
    await accountant.see(/^Invoice \d{4}-000001$/)
    await accountant.press('j')
    await accountant.see('Invoice for order 2')
    await accountant.press('a', 'Enter')
    await accountant.see(/^Invoice \d{4}-000002$/)
    expect(accountant.tell('Approve two invoices, one after the other, by keyboard')).toEqual({ clicks: 0, keys: 7 })
  })
})

describe('to reject one invoice takes, beside the reason', () => {
  it('three clicks', async () => {
    const accountant = await sitDown('/', anOrder())
    await accountant.click(accountant.link('For order 1'))
    await accountant.click(accountant.page.getByRole('textbox', { name: 'Reason for rejecting' }))
    await accountant.write(REASON)
    await accountant.click(accountant.button('Reject invoice'))
    await accountant.page.getByText('Rejected: the order has to be corrected').waitFor()
    expect(accountant.tell('Reject one invoice by pointer')).toEqual({ clicks: 3, keys: 0 })
  })

  it('five keys', async () => {
    const accountant = await sitDown('/', anOrder())
    await accountant.press('j', 'Enter')
    await accountant.see('Invoice for order 1')
    await accountant.press('r')
    await accountant.write(REASON)
    await accountant.tabTo(accountant.button('Reject invoice'))
    await accountant.press('Enter')
    await accountant.page.getByText('Rejected: the order has to be corrected').waitFor()
    expect(accountant.tell('Reject one invoice by keyboard')).toEqual({ clicks: 0, keys: 5 })
  })
})

describe('to credit one line of an invoice that one looks at takes, beside the reason', () => {
  it('four clicks', async () => {
    const accountant = await lookAtAnApproved()
    await accountant.click(accountant.link('Credit invoice'))
    await accountant.click(accountant.page.getByRole('checkbox', { name: 'Teapot, cast iron' }))
    await accountant.click(accountant.page.getByRole('textbox', { name: 'Reason' }))
    await accountant.write(REASON)
    await accountant.click(accountant.button('Credit invoice'))
    await accountant.see(/^Credit note C\d{4}-000001$/)
    expect(await accountant.page.getByRole('article').textContent()).not.toContain('Assam')
    expect(accountant.tell('Credit one line by pointer')).toEqual({ clicks: 4, keys: 0 })
  })

  it('eight keys', async () => {
    const accountant = await lookAtAnApproved()
    await accountant.press('c')
    await accountant.see(/^Credit invoice/)
    await accountant.press('j', 'j', 'x', 'r')
    await accountant.write(REASON)
    await accountant.tabTo(accountant.button('Credit invoice'))
    await accountant.press('Enter')
    await accountant.see(/^Credit note C\d{4}-000001$/)
    expect(await accountant.page.getByRole('article').textContent()).not.toContain('Assam')
    expect(accountant.tell('Credit one line by keyboard')).toEqual({ clicks: 0, keys: 8 })
  })
})

function ten(): ReturnType<typeof anOrder>[] {
  return Array.from({ length: 10 }, () => anOrder())
}

/** Somebody at that page, with these orders confirmed and pulled: their invoices wait, numbered from 1 on. */
async function sitDown(path: string, ...orders: ReturnType<typeof anOrder>[]): Promise<Person> {
  for (const order of orders) await placeOrder(together.ordering, order)
  await together.pull()
  const page = await running.open(BILLING_ORIGIN)
  await serveAssets(page)
  await page.goto(BILLING_ORIGIN + path)
  return new Person(page)
}

/** Somebody at an invoice that is approved already, as if they had just come there. */
async function lookAtAnApproved(): Promise<Person> {
  const { page } = await sitDown('/invoices/1', orderAtTwoRates)
  await page.getByRole('button', { name: 'Approve invoice' }).click()
  await page.getByRole('heading', { level: 1, name: /^Invoice \d{4}-000001$/ }).waitFor()
  await page.goto(`${BILLING_ORIGIN}/invoices/1`)
  return new Person(page)
}
