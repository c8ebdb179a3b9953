import { array, assert, asyncProperty, constantFrom } from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { fold, searchedForms, searchable } from '../../../shared/text/fold.ts'
import type { CreditNote } from '../../../workers/billing/documents/credit-note.ts'
import type { Invoice } from '../../../workers/billing/documents/invoice.ts'
import { approve, readInvoice } from '../../billing/support.ts'
import { keepMoment, restoreMoment } from '../../../shared/simulator/moment.ts'
import { amendOrder, anOrder, deleteOrder, type Draft, importOrders, placeOrder } from '../../support/orders.ts'
import { aPublishedOrder } from '../../support/published-order.ts'
import type { RunningWorker } from '../../../shared/simulator/running-worker.ts'
import { startTogether, type Together } from '../../support/together.ts'

let together: Together
beforeEach(async () => {
  together = await startTogether()
})

/** An order of a customer with that name, or a longer one with another external id or price. */
function orderOf(name: string, parts: Partial<Draft> = {}): Draft {
  const { customer, ...rest } = anOrder(parts)
  return { ...rest, customer: { ...customer, name } }
}

/** The orders of the invoices that the query finds, as they are listed. */
async function findInvoices(query: string): Promise<number[]> {
  const response = await together.billing.fetch(`/api/invoices?${query}`)
  expect(response.status).toBe(200)
  return ((await response.json()) as { invoices: Invoice[] }).invoices.map(({ orderNumber }) => orderNumber)
}

const search = (q: string) => findInvoices(new URLSearchParams({ q }).toString())

async function findCreditNotes(query: Record<string, string>): Promise<string[]> {
  const response = await together.billing.fetch(`/api/credit-notes?${new URLSearchParams(query).toString()}`)
  expect(response.status).toBe(200)
  return ((await response.json()) as { creditNotes: CreditNote[] }).creditNotes.map(
    ({ creditNoteNumber }) => creditNoteNumber,
  )
}

async function credit(billing: RunningWorker, id: number): Promise<void> {
  const { etag } = await readInvoice(billing, id)
  const body = { reason: 'Came broken' }
  const issued = await billing.send('POST', `/api/invoices/${id}/credit-notes`, body, { 'If-Match': etag })
  expect(issued.status).toBe(201)
}

const year = String(new Date().getUTCFullYear())

describe('GET /api/invoices?q=', () => {
  it('finds by part of the name or external id, by the order’s number and by the beginning of the invoice’s', async () => {
    const { ordering, billing, pull } = together
    await placeOrder(ordering, orderOf('Möwe & Söhne', { externalId: 'NW-10248' }))
    await placeOrder(ordering, orderOf('Kornblume Naturkost', { externalId: 'NW-20248' }))
    await placeOrder(ordering, orderOf('O’Brien’s  Tea', { externalId: null }))
    await pull()
    await approve(billing, 3)
    await approve(billing, 1)
    for (const [q, expected] of [
      ['möwe', [1]],
      ['MOEWE &', [1]],
      ["o'brien's tea", [3]],
      ['0248', [2, 1]],
      ['nw-10248', [1]],
      ['#2', [2]],
      ['002', [2]],
      [`${year}-000001`, [3]],
      [`${year}-00000`, [3, 1]],
      [year, [3, 1]],
      ['ko', [2]],
      ['100%', []],
      ['Kornblume%', []],
    ] as const) {
      expect([q, await search(q)]).toEqual([q, expected])
    }
    expect(await findInvoices(`q=nw&state=Approved`)).toEqual([1])
    expect(await findInvoices(`q=nw&state=ToApprove`)).toEqual([2])
  })

  it('follows the order until the invoice is approved, and then finds what the invoice says', async () => {
    const { ordering, billing, pull } = together
    await placeOrder(ordering, orderOf('Erste Firma'))
    await pull()
    await amendOrder(ordering, 1, orderOf('Zweite Firma'))
    await pull()
    expect([await search('erste'), await search('zweite')]).toEqual([[], [1]])
    await approve(billing, 1)
    await amendOrder(ordering, 1, orderOf('Dritte Firma'))
    await pull()
    expect([await search('dritte'), await search('zweite')]).toEqual([[], [1]])
  })

  it('finds by what the ledger brings back after a restore, whether the order is back or not', async () => {
    const { ordering, billing, pull } = together
    await keepMoment(billing, 1)
    await placeOrder(ordering, orderOf('Erste Firma'))
    await pull()
    await approve(billing, 1)
    await credit(billing, 1)
    await restoreMoment(billing, 1)
    // The pull brings the ledger's entries back first.
    await pull()
    await amendOrder(ordering, 1, orderOf('Zweite Firma'))
    await pull()
    expect([await search('erste'), await search('zweite')]).toEqual([[1], []])
    expect(await findCreditNotes({ q: 'erste' })).toEqual([`C${year}-000001`])
  })

  it('goes through all that is found, each once, the order whose number is searched first', async () => {
    const { ordering, pull } = together
    const lines = Array.from({ length: 140 }, (_, index) => ({
      ...orderOf(index % 2 === 0 ? 'Kornblume 12' : 'Lindenhof'),
      externalId: `E-${index + 1}`,
      state: 'Confirmed' as const,
    }))
    await importOrders(ordering, lines)
    await pull()
    const expected = lines.flatMap(({ customer: { name } }, index) => (name === 'Lindenhof' ? [] : [index + 1]))
    const of12 = lines.map((_, index) => index + 1).filter((nr) => expected.includes(nr) || String(nr).includes('12'))
    for (const [query, first] of [
      ['q=kornblume&limit=7', []],
      ['q=12&limit=9', [12]],
      ['q=kornblume&state=ToApprove&limit=200', []],
    ] as const) {
      const found: number[] = []
      let next: number | null = null
      do {
        const after: string = next === null ? '' : `&after=${next}`
        const response = await together.billing.fetch(`/api/invoices?${query}${after}`)
        const page = (await response.json()) as { invoices: Invoice[]; next: number | null }
        expect(page.invoices.length).toBeLessThanOrEqual(Number(new URLSearchParams(query).get('limit')))
        found.push(...page.invoices.map(({ orderNumber }) => orderNumber))
        next = page.next
      } while (next !== null)
      const others = query.includes('q=12') ? of12 : expected
      const rest = others.filter((number) => number !== first[0]).sort((one, other) => other - one)
      expect([query, found]).toEqual([query, [...first, ...rest]])
    }
  })

  it('finds what has the text in its name or its external id, of whatever length, and nothing else', async () => {
    const { billing } = together
    const texts = NAMES.flatMap((name, at) => IDS.map((id) => ({ name, id: `${id}/${at}` })))
    await billing.sql(
      `INSERT INTO orders (number, revision, epoch, deleted, record, searched, source, fetched_at)
      SELECT key + 1, 1, 'e', 0, json_set(?, '$.number', key + 1), value, 'pull', '2026-03-01T08:00:00Z' FROM json_each(?)`,
      RECORD,
      JSON.stringify(texts.map(({ name, id }) => `${searchable(name)}\n${searchable(id)}`)),
    )
    await billing.sql(
      `INSERT INTO invoices (id, order_number, created_at) SELECT number, number, '2026-03-01T08:00:00Z' FROM orders`,
    )
    const parts = [...NAMES, ...IDS].flatMap((text) => [...text, text, text.slice(1, 3), text.slice(2, 6), `${text}!`])
    const query = array(constantFrom(...parts), { minLength: 1, maxLength: 2 }).map((found) => found.join('').trim())
    const asked = asyncProperty(
      query.filter((q) => fold(q) !== '' && !/^\d+$/.test(q)),
      async (q) => {
        const holds = (text: string) => searchedForms(q).some((form) => searchable(text).includes(form ?? fold(q)))
        const expected = texts.flatMap(({ name, id }, index) => (holds(name) || holds(id) ? [index + 1] : []))
        expect(await findInvoices(new URLSearchParams({ q, limit: '200' }).toString())).toEqual(expected.toReversed())
      },
    )
    await assert(asked, { numRuns: 100 })
  }, 120_000)
})

const NAMES = ['Vins & Alcools', 'Straße 9', '"Quoted"', 'Łódź', 'AND OR NOT', 'a', '100 % Oat', 'x*y:z^']
const IDS = ['NW-10248', 'MADE-7', 'a b', '€', 'Œ-1']
const RECORD = JSON.stringify(aPublishedOrder({ revision: 1 }))

describe('GET /api/invoices by amount', () => {
  it('finds what comes to an amount in the minor unit, in one currency or any, as the order changes', async () => {
    const { ordering, pull } = together
    const line = { sku: 'A', description: 'Oats', quantity: 1 }
    await placeOrder(ordering, anOrder({ lines: [{ ...line, unitPrice: 2_500 }] }))
    await placeOrder(ordering, anOrder({ currency: 'JPY', lines: [{ ...line, unitPrice: 2_500 }] }))
    await placeOrder(ordering, anOrder({ lines: [{ ...line, unitPrice: 2_501 }] }))
    await pull()
    expect(await findInvoices('gross=2500')).toEqual([2, 1])
    expect(await findInvoices('gross=2500&currency=EUR')).toEqual([1])
    await amendOrder(ordering, 3, anOrder({ lines: [{ ...line, unitPrice: 2_500 }] }))
    await amendOrder(ordering, 1, anOrder({ lines: [{ ...line, unitPrice: 1 }] }))
    await pull()
    expect(await findInvoices('gross=2500')).toEqual([3, 2])
  })

  it.each(['gross=25.00', 'gross=-1', 'currency=eur', 'issuedFrom=2026-02-30', 'issuedTo=1.2.2026'])(
    'refuses ?%s by its name',
    async (query) => {
      const answer = await together.billing.fetch(`/api/invoices?${query}`)
      expect(answer.status).toBe(400)
      expect(((await answer.json()) as { detail: string }).detail).toMatch(
        new RegExp(`^${query.split('=')[0]}: Must be`),
      )
    },
  )
})

describe('GET /api/credit-notes?q=', () => {
  it('finds by customer, external id, order, amount, and by its own number or the corrected invoice’s', async () => {
    const { ordering, billing, pull } = together
    await placeOrder(ordering, orderOf('Möwe & Söhne', { externalId: 'NW-10348' }))
    await placeOrder(
      ordering,
      orderOf('Kornblume', { lines: [{ sku: 'A', description: 'A', quantity: 1, unitPrice: 5 }] }),
    )
    await pull()
    for (const id of [1, 2]) {
      await approve(billing, id)
      await credit(billing, id)
    }
    const [first, second] = [`C${year}-000001`, `C${year}-000002`]
    for (const [query, expected] of [
      [{ q: 'moewe' }, [first]],
      [{ q: '10348' }, [first]],
      [{ q: '2' }, [second]],
      [{ q: second }, [second]],
      [{ q: `c${year}` }, [second, first]],
      [{ q: `${year}-000001` }, [first]],
      [{ gross: '5' }, [second]],
      [{ gross: '5', currency: 'USD' }, []],
      [{ q: 'nobody' }, []],
    ] as const) {
      expect([query, await findCreditNotes(query)]).toEqual([query, expected])
    }
  })
})

it('a deleted order’s cancelled invoice is found, and an order that arrived deleted has none', async () => {
  const { ordering, pull } = together
  await placeOrder(ordering, orderOf('Erste Firma'))
  await pull()
  await placeOrder(ordering, orderOf('Erste Firma'))
  await deleteOrder(ordering, 1)
  await deleteOrder(ordering, 2)
  await pull()
  expect(await findInvoices('q=erste&state=Cancelled')).toEqual([1])
})

describe('the lists of billing', () => {
  const show = async (path: string): Promise<[status: number, html: string]> => {
    const response = await together.billing.fetch(path)
    return [response.status, await response.text()]
  }

  it('look in all states unless one is chosen, and say what was searched and how to look further', async () => {
    const { ordering, billing, pull } = together
    await placeOrder(ordering, orderOf('Möwe & Söhne'))
    await pull()
    await approve(billing, 1)
    const [, found] = await show('/invoices?q=moewe&state=')
    expect(found).toContain(`>${year}-000001</a>`)
    expect(found).toContain('All invoices that match “moewe”.')
    const [, elsewhere] = await show('/invoices?q=moewe&state=ToApprove')
    expect(elsewhere).toContain('No invoice matches')
    expect(elsewhere).toContain('Looked for “moewe”.')
    expect(elsewhere).toContain('href="/invoices?state=All&amp;q=moewe"')
    const [, none] = await show('/credit-notes?q=moewe')
    expect(none).toContain('No credit note matches')
  })

  it('find amounts as they are typed, in each currency in which they are one, and days of issue', async () => {
    const { ordering, billing, pull } = together
    const line = { sku: 'A', description: 'Oats', quantity: 1 }
    for (const [currency, unitPrice] of [
      ['EUR', 123_450],
      ['KWD', 1_234_500],
      ['JPY', 1_234],
    ] as const) {
      await placeOrder(ordering, anOrder({ currency, lines: [{ ...line, unitPrice }] }))
    }
    await pull()
    const listed = async (path: string): Promise<string[]> =>
      [...(await show(path))[1].matchAll(/href="\/orders\/(\d+)"/g)].map(([, number = '']) => number)
    expect(await listed('/invoices?amount=1,234.50')).toEqual(['2', '1'])
    expect(await listed('/invoices?amount=1234.5&currency=KWD')).toEqual(['2'])
    expect(await listed('/invoices?amount=1234')).toEqual(['3'])
    await approve(billing, 1)
    const { issuedOn } = (await readInvoice(billing, 1)).invoice
    expect(await listed(`/invoices?issuedFrom=${issuedOn}&issuedTo=${issuedOn}`)).toEqual(['1'])
    expect(await listed('/invoices?issuedTo=2020-01-31')).toEqual([])
  })

  it.each([
    ['amount=12.345.6', 'Did you mean 12,345.60 or 123,456.00?'],
    ['amount=%E2%82%AC5', 'Leave out “<bdi>€</bdi>”, and choose the currency'],
    ['amount=2.000&currency=EUR', 'Did you mean 2.00 or 2,000.00?'],
    ['issuedFrom=27.11.2026', 'Write the year first: 2026-11-27'],
    ['issuedTo=2026-02-30', 'There is no day 2026-02-30'],
  ])('say at the field what is wrong with ?%s, and look for nothing', async (query, message) => {
    for (const list of ['/invoices', '/credit-notes']) {
      const [status, html] = await show(`${list}?${query}`)
      expect(status).toBe(400)
      expect(html).toContain(message)
    }
  })

  it('go through what was issued in some days, the last issued first, each once', async () => {
    const { billing } = together
    await billing.sql(`INSERT INTO orders (number, revision, fingerprint, epoch, deleted, record, source, fetched_at)
      WITH RECURSIVE made (nr) AS (SELECT 1 UNION ALL SELECT nr + 1 FROM made WHERE nr < 130)
      SELECT nr, 1, nr, 'e', 0, json_set('${RECORD}', '$.number', nr), 'pull', '2026-03-01T08:00:00Z' FROM made`)
    // Five a day, from the highest number to the lowest.
    await billing.sql(`INSERT INTO invoices (id, order_number, created_at, state, invoice_number, document, decided_at,
        decided_by, decision, issued_on, due_on, seller)
      SELECT number, number, fetched_at, 'Approved', printf('2026-%06d', 131 - number), record, fetched_at, 'sql', number,
        date('2026-03-01', ((130 - number) / 5) || ' days'), '2026-12-31', '{}' FROM orders`)
    const found: number[] = []
    let path: string | undefined = '/invoices?issuedFrom=2026-03-02&issuedTo=2026-03-25'
    while (path !== undefined) {
      const [, html] = await show(path)
      found.push(...[...html.matchAll(/href="\/orders\/(\d+)"/g)].map(([, number]) => Number(number)))
      path = /href="([^"]+)" rel="next"/.exec(html)?.[1]?.replaceAll('&amp;', '&')
    }
    expect(found).toEqual(Array.from({ length: 120 }, (_, index) => index + 6))
  })
})
