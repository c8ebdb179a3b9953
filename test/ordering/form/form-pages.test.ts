import { beforeEach, describe, expect, it } from 'vitest'
import { fieldsOf, writeForm } from '../../../workers/ordering/form/form.ts'
import { inputOf } from '../../../workers/ordering/orders/order.ts'
import { withoutUnbroken } from '../../support/html-form.ts'
import {
  amendOrder,
  anOrder,
  confirmOrder,
  deleteOrder,
  orderAtTwoRates,
  placeDraft,
  placeOrder,
  readOrder,
} from '../../support/orders.ts'
import { BILLING_ORIGIN, ORDERING_ORIGIN, startTogether, type Together } from '../../support/together.ts'

let ordering: Together['ordering']
beforeEach(async () => {
  ;({ ordering } = await startTogether())
})

const KEY = '6f1d5a3e-0c3b-4c52-9f59-0c1a4f0c7a11'
const PLACE = { locale: 'en-GB', timeZone: 'Europe/Berlin' }
const AT = '2026-03-01T12:00:00Z'
const FORM = {
  idempotencyKey: KEY,
  'customer.id': 'KORN',
  'customer.name': 'Kornblume Naturkost',
  'customer.address.street': 'Markt 1',
  'customer.address.city': 'Jena',
  'customer.address.country': 'DE',
  currency: 'EUR',
  'lines.0.sku': 'OAT-1',
  'lines.0.description': 'Oat flakes, 1 kg',
  'lines.0.quantity': '4',
  'lines.0.unitPrice': '2.5',
}

describe('entering', () => {
  it('POST /orders makes a Draft and leads to its page, which answers to a reload', async () => {
    const saved = await ordering.submit('/orders', FORM)
    expect([saved.status, saved.headers.get('Location')]).toEqual([303, '/orders/1'])
    expect(await readOrder(ordering, 1)).toMatchObject({ state: 'Draft', totals: { net: 1000, tax: 0, gross: 1000 } })
    expect((await ordering.fetch('/orders/1')).status).toBe(200)
  })

  it('the same form sent twice leads to the same order', async () => {
    const answers = await Promise.all([ordering.submit('/orders', FORM), ordering.submit('/orders', FORM)])
    expect(answers.map((answer) => answer.headers.get('Location'))).toEqual(['/orders/1', '/orders/1'])
    expect(await ordering.sql('SELECT number FROM orders')).toHaveLength(1)
  })

  it('a form that was saved and then changed is refused with 409, and saved under its new key', async () => {
    await ordering.submit('/orders', FORM)
    const again = await ordering.submit('/orders', { ...FORM, note: 'Another' })
    const page = await again.text()
    expect(again.status).toBe(409)
    expect(page).toContain('This form has already been saved as an order')
    expect(page).toContain('Another')
    const [, key = ''] = /name="idempotencyKey" value="([^"]+)"/.exec(page) ?? []
    expect(key).not.toBe(KEY)
    expect((await ordering.submit('/orders', { ...FORM, note: 'Another', idempotencyKey: key })).status).toBe(303)
  })

  it('a form that is refused comes back with 422, what was typed and what is wrong', async () => {
    const refused = await ordering.submit('/orders', { ...FORM, 'lines.0.quantity': '12,5', 'customer.name': '' })
    const page = await refused.text()
    expect(refused.status).toBe(422)
    expect(page).toContain('value="12,5"')
    expect(page).toContain('href="#field-lines-0-quantity"')
    expect(page).toContain('>Enter the customer’s name<')
  })

  it('an external id that another order has is refused beside its field', async () => {
    await placeDraft(ordering, anOrder({ externalId: 'A-1' }))
    const refused = await ordering.submit('/orders', { ...FORM, externalId: 'A-1' })
    expect(refused.status).toBe(422)
    expect(await refused.text()).toContain('External ID: Order 1 already has this ID')
  })

  it('a button that is not Save stores nothing and keeps everything', async () => {
    const added = await ordering.submit('/orders', { ...FORM, note: 'Ring twice', action: 'add-line' })
    const page = await added.text()
    expect(added.status).toBe(200)
    expect(page).toContain('name="lines.1.sku"')
    expect(page).toContain('Ring twice')
    expect(page).toContain('€10.00')
    expect(await ordering.sql('SELECT number FROM orders')).toHaveLength(0)
  })

  it('GET /orders/new?copy= has the other order in it, but for what identifies that one', async () => {
    const { number } = await placeOrder(ordering, anOrder({ externalId: 'A-1', note: 'Ring twice' }))
    const page = await (await ordering.fetch(`/orders/new?copy=${number}`)).text()
    expect(page).toContain('Ring twice')
    expect(page).not.toContain('A-1')
  })

  it('a body that is no form is answered with a page that says what is missing, or with 400', async () => {
    const send = (type: string, body: string) =>
      ordering.fetch('/orders', { method: 'POST', headers: { 'Content-Type': type, Origin: ORDERING_ORIGIN }, body })
    expect((await send('text/plain', '%%%=%ff&\u0000')).status).toBe(422)
    expect((await send('multipart/form-data; boundary=x', 'no parts')).status).toBe(400)
    expect((await send('multipart/form-data', '--x')).status).toBe(400)
  })
})

describe('what was typed', () => {
  it('comes back where the database does not answer, and is saved once when it is sent again', async () => {
    await ordering.failDatabase({ kind: 'lose-answer', matching: 'INSERT INTO orders' })
    const lost = await ordering.submit('/orders', { ...FORM, note: 'Ring twice' })
    const page = await lost.text()
    expect([lost.status, lost.headers.get('Retry-After')]).toEqual([503, '5'])
    expect(page).toContain('Ordering is unavailable')
    expect(page).toContain('Ring twice')
    expect(page).toContain(`name="idempotencyKey" value="${KEY}"`)
    expect((await ordering.submit('/orders', { ...FORM, note: 'Ring twice' })).status).toBe(303)
    expect(await ordering.sql('SELECT number FROM orders')).toHaveLength(1)
  })

  it('comes back where an order is amended and the database does not answer', async () => {
    const order = await placeDraft(ordering)
    const path = `/orders/${order.number}/edit`
    await ordering.failDatabase({ kind: 'refuse', times: 9 })
    const lost = await ordering.submit(path, { ...fieldsFor(order), note: 'Ring twice' })
    await ordering.failDatabase()
    const page = await lost.text()
    expect(lost.status).toBe(503)
    expect(page).toContain('Ring twice')
    expect(page).toContain('name="seen" value="1"')
    expect((await ordering.submit(path, { ...fieldsFor(order), note: 'Ring twice' })).status).toBe(303)
  })
})

describe('amending', () => {
  it('the form sent back as it came changes nothing', async () => {
    const order = await placeOrder(ordering, orderAtTwoRates)
    const saved = await ordering.submit(`/orders/${order.number}/edit`, fieldsFor(order))
    expect([saved.status, saved.headers.get('Location')]).toEqual([303, `/orders/${order.number}`])
    expect(await readOrder(ordering, order.number)).toEqual(order)
  })

  it('a Confirmed order that is amended stays Confirmed, one revision on', async () => {
    const order = await placeOrder(ordering)
    await ordering.submit(`/orders/${order.number}/edit`, { ...fieldsFor(order), note: 'Two boxes' })
    expect(await readOrder(ordering, order.number)).toMatchObject({
      state: 'Confirmed',
      revision: order.revision + 1,
      note: 'Two boxes',
    })
  })

  it('a form that is out of date is answered with 412, changes nothing, and is saved from that page', async () => {
    const order = await placeDraft(ordering)
    await amendOrder(ordering, order.number, anOrder({ note: 'Theirs' }))
    const path = `/orders/${order.number}/edit`
    const stale = await ordering.submit(path, { ...fieldsFor(order), note: 'Mine' })
    const page = await stale.text()
    expect(stale.status).toBe(412)
    expect(page).toContain('Mine')
    expect(page).toContain('Theirs')
    expect(page).toContain('name="seen" value="2"')
    expect((await readOrder(ordering, order.number)).note).toBe('Theirs')
    const saved = await ordering.submit(path, { ...fieldsFor(order), note: 'Mine', seen: '2', conflict: 'yes' })
    expect(saved.status).toBe(303)
    expect(await readOrder(ordering, order.number)).toMatchObject({ revision: 3, note: 'Mine' })
  })

  it('the same form sent twice is no conflict', async () => {
    const order = await placeDraft(ordering)
    const form = { ...fieldsFor(order), 'lines.0.unitPrice': '3' }
    for (const _ of ['once', 'twice']) {
      expect((await ordering.submit(`/orders/${order.number}/edit`, form)).status).toBe(303)
    }
    expect((await readOrder(ordering, order.number)).revision).toBe(2)
  })

  it('a form without a revision is out of date', async () => {
    const order = await placeDraft(ordering)
    const { seen: _, ...form } = fieldsFor(order)
    expect((await ordering.submit(`/orders/${order.number}/edit`, { ...form, note: 'Mine' })).status).toBe(412)
  })
})

describe('an order’s page', () => {
  it('POST /orders/:number/confirm leads to billing, however often it is pressed', async () => {
    const { number } = await placeDraft(ordering)
    for (const _ of ['once', 'twice']) {
      const confirmed = await ordering.submit(`/orders/${number}/confirm`)
      expect([confirmed.status, confirmed.headers.get('Location')]).toEqual([
        303,
        `${BILLING_ORIGIN}/link/new_order/${number}`,
      ])
    }
    expect(await readOrder(ordering, number)).toMatchObject({ state: 'Confirmed', revision: 2 })
  })

  it('POST /orders/:number/delete leads to the list, which says so, and the order is gone', async () => {
    const { number } = await placeDraft(ordering)
    const deleted = await ordering.submit(`/orders/${number}/delete`)
    expect([deleted.status, deleted.headers.get('Location')]).toEqual([303, `/orders?deleted=${number}`])
    expect(await (await ordering.fetch(`/orders?deleted=${number}`)).text()).toContain(`Order ${number} was deleted.`)
    expect((await ordering.fetch(`/orders/${number}`)).status).toBe(410)
  })

  it('the list does not say that an order was deleted which was not', async () => {
    const { number } = await placeDraft(ordering)
    expect(await (await ordering.fetch(`/orders?deleted=${number}`)).text()).not.toContain('was deleted')
  })

  it.each(['', '/edit', '/delete'])(
    'GET /orders/:number%s answers 404 for a number that none has, 410 once deleted',
    async (path) => {
      const { number } = await placeDraft(ordering)
      await deleteOrder(ordering, number)
      expect((await ordering.fetch(`/orders/${number}${path}`)).status).toBe(410)
      for (const unknown of [number + 1, '0', '01', '1e3', 'x', '%00', '99999999999999999999']) {
        expect((await ordering.fetch(`/orders/${unknown}${path}`)).status).toBe(404)
      }
    },
  )

  it.each(['confirm', 'edit'])('POST /orders/:number/%s answers 404 and 410 as well', async (act) => {
    const { number } = await placeDraft(ordering)
    await deleteOrder(ordering, number)
    expect((await ordering.submit(`/orders/${number}/${act}`, FORM)).status).toBe(410)
    expect((await ordering.submit(`/orders/${number + 1}/${act}`, FORM)).status).toBe(404)
  })

  it('a reload of what a form was posted to leads back to the order', async () => {
    const { number } = await placeDraft(ordering)
    const answer = await ordering.fetch(`/orders/${number}/confirm`)
    expect([answer.status, answer.headers.get('Location')]).toEqual([303, `/orders/${number}`])
    expect((await readOrder(ordering, number)).state).toBe('Draft')
  })
})

it('an order whose invoice is approved says what amending and deleting it lead to', async () => {
  const { number } = await placeOrder(ordering)
  await sayApproved(number)
  const read = async (path: string) => withoutUnbroken(await (await ordering.fetch(path)).text())
  expect(await read(`/orders/${number}/edit`)).toContain('Invoice 2026-000001 is approved')
  for (const path of [`/orders/${number}`, `/orders/${number}/delete`]) {
    expect(await read(path)).toContain('Its invoice 2026-000001 is approved and remains')
  }
})

it('Delete order asks again where the invoice was approved after it had asked', async () => {
  const { number } = await placeOrder(ordering)
  const path = `/orders/${number}/delete`
  const asked = await (await ordering.fetch(path)).text()
  expect(asked).toContain('billing cancels its invoice as soon as it learns of this')
  expect(asked).toContain('name="approval" value=""')
  await sayApproved(number)
  const late = await ordering.submit(path, { approval: '' })
  expect(late.status).toBe(409)
  expect(withoutUnbroken(await late.text())).toContain('Invoice 2026-000001 has been approved in the meantime')
  expect((await readOrder(ordering, number)).state).toBe('Confirmed')
  expect((await ordering.submit(path, { approval: '2026-000001' })).status).toBe(303)
  expect((await ordering.fetch(`/orders/${number}`)).status).toBe(410)
})

describe('the list', () => {
  it('GET /orders filters by state and by what is searched, taken literally', async () => {
    const mine = await placeDraft(ordering, anOrder({ externalId: '<b>50%' }))
    const other = await placeDraft(ordering)
    await confirmOrder(ordering, other.number)
    const list = async (query: string) => (await ordering.fetch(`/orders?${query}`)).text()
    expect(await list('state=Draft')).not.toContain(`href="/orders/${other.number}"`)
    expect(await list('state=Confirmed')).toContain(`href="/orders/${other.number}"`)
    const found = await list(new URLSearchParams({ q: '50%' }).toString())
    expect(found).toContain(`href="/orders/${mine.number}"`)
    expect(found).toContain('&lt;b&gt;50%')
    expect(found).not.toContain(`href="/orders/${other.number}"`)
    expect(await list('q=nobody')).toContain('No order matches')
  })

  it('GET /orders shows 50 orders a page, each once', async () => {
    for (let count = 0; count < 51; count += 1) await placeDraft(ordering)
    const first = await (await ordering.fetch('/')).text()
    const [, next = ''] = /href="(\/orders\?after=\d+)"/.exec(first) ?? []
    const second = await (await ordering.fetch(next)).text()
    const numbersIn = (page: string) =>
      [...page.matchAll(/href="\/orders\/(\d+)"/g)].map(([, number]) => Number(number))
    expect([...numbersIn(first), ...numbersIn(second)]).toEqual(Array.from({ length: 51 }, (_, index) => 51 - index))
  })

  it.each(['after=x&state=Gone&q=%00', 'q=%ED%A0%80&after=-1', 'state=Deleted&state=Draft', 'deleted=1e9&q=%', '%'])(
    'GET /orders?%s answers 200',
    async (query) => {
      for (const path of ['/orders', '/customers', '/products']) {
        expect((await ordering.fetch(`${path}?${query}`)).status).toBe(200)
      }
    },
  )
})

it('GET /problems/:name explains a problem, and answers 404 where there is none of that name', async () => {
  const page = await ordering.fetch('/problems/stale')
  expect([page.status, page.headers.get('Content-Type')]).toEqual([200, 'text/html; charset=UTF-8'])
  expect((await ordering.fetch('/problems/none')).status).toBe(404)
})

async function sayApproved(number: number): Promise<void> {
  const notice = { kind: 'approved', invoiceId: 1, invoiceNumber: '2026-000001', orderRevision: 2, at: AT, by: 'ana' }
  await ordering.sql(
    `INSERT INTO billing_notices (subject, version, order_number, notice, received_at) VALUES ('invoice 1', 1, ?, ?, ?)`,
    number,
    JSON.stringify(notice),
    AT,
  )
}

/** What the amending form sends when nothing in it is touched. */
function fieldsFor(order: Awaited<ReturnType<typeof placeDraft>>): Record<string, string> {
  return { ...Object.fromEntries(fieldsOf(writeForm(inputOf(order), PLACE))), seen: String(order.revision) }
}
