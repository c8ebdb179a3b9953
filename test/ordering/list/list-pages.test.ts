import { strFromU8, unzipSync } from 'fflate'
import { beforeEach, describe, expect, it } from 'vitest'
import { amendOrder, anOrder, confirmOrder, deleteOrder, placeDraft, placeOrder } from '../../support/orders.ts'
import { startTogether, type Together } from '../../support/together.ts'

let together: Together
let ordering: Together['ordering']
beforeEach(async () => {
  together = await startTogether()
  ;({ ordering } = together)
})

describe('the list of orders', () => {
  it.each([
    ['customer=LINDEN', [2]],
    ['customer=lin', []],
    ['currency=usd', [3]],
    ['from=2026-02-01', [3, 2]],
    ['to=2026-01-31', [1]],
    ['from=2026-02-01&to=2026-02-01', [2]],
    ['from=2026-02-01&currency=EUR&q=linden', [2]],
    ['from=&to=&currency=XYZ&sort=drop&billing=1', [3, 2, 1]],
  ])('filters by %s', async (query, numbers) => {
    await placeThree()
    expect(await listNumbers(query)).toEqual(numbers)
  })

  it('filters by days where the business is, whole ones, however finely an instant is told', async () => {
    const instants = ['2025-12-31T22:59:59.999Z', '2025-12-31T23:00:00Z', '2025-12-31T23:00:00.000Z']
    for (const placedAt of [...instants, '2026-01-01T22:59:59.999Z', '2026-01-01T23:00:00Z']) {
      await placeDraft(ordering, anOrder({ placedAt }))
    }
    expect(await listNumbers('from=2026-01-01&to=2026-01-01')).toEqual([4, 3, 2])
    expect(await listNumbers('to=2025-12-31')).toEqual([1])
    expect(await listNumbers('from=2026-01-02&sort=placed')).toEqual([5])
  })

  it.each([
    ['from=27.11.2026', 'Placed from: Write the year first: 2026-11-27'],
    ['to=2026-02-30', 'Placed to: There is no day 2026-02-30'],
    ['from=yesterday', 'Placed from: Write the year first: YYYY-MM-DD, such as 2026-01-31'],
  ])('asks again, and lists nothing, where a day cannot be read: %s', async (query, message) => {
    await placeThree()
    for (const path of ['/orders', '/orders.csv']) {
      const answer = await ordering.fetch(`${path}?${query}&q=linden`)
      const page = await answer.text()
      expect(answer.status).toBe(400)
      expect(page).toContain(message)
      expect(page).toContain(`value="${query.split('=')[1]}"`)
      expect(page).toContain('value="linden"')
      expect(numbersIn(page)).toEqual([])
    }
  })

  it.each([
    ['', [3, 2, 1]],
    ['sort=number', [1, 2, 3]],
    ['sort=placed', [1, 2, 3]],
    ['sort=-placed', [3, 2, 1]],
    ['sort=customer', [3, 1, 2]],
    ['sort=-customer', [2, 1, 3]],
  ])('sorts by %s', async (query, numbers) => {
    await placeThree()
    expect(await listNumbers(query)).toEqual(numbers)
  })

  it.each(['placed', '-customer'])('goes through all pages sorted by %s, each order once', async (sort) => {
    for (let count = 1; count <= 53; count += 1) await placeDraft(ordering)
    const first = await list(`sort=${sort}&state=Draft`)
    const [, next = ''] = /href="\/orders\?([^"]+)" rel="next"/.exec(first) ?? []
    expect(next).toContain('state=Draft')
    const numbers = [...numbersIn(first), ...numbersIn(await list(next.replaceAll('&amp;', '&')))]
    expect(numbers).toHaveLength(53)
    expect(new Set(numbers).size).toBe(53)
  })

  it('marks the column that sorts, and links to the other way round with the filter kept', async () => {
    await placeThree()
    const page = await list('sort=customer&state=Draft')
    expect(page).toMatch(
      /aria-sort="ascending"><a class="sort" href="\/orders\?state=Draft&amp;sort=-customer">Customer/,
    )
  })

  it('counts to 200, and says that there are more', async () => {
    await placeThree()
    expect(await list('state=Draft')).toContain('2 orders')
    expect(await list('customer=LINDEN')).toContain('1 order<')
    await ordering.sql(`
      WITH RECURSIVE more (n) AS (SELECT 1001 UNION ALL SELECT n + 1 FROM more WHERE n < 1198)
      INSERT INTO orders (number, placed_at, updated_at, updated_by, currency, customer, customer_name_folded)
      SELECT n, o.placed_at, o.updated_at, o.updated_by, o.currency, o.customer, o.customer_name_folded
      FROM more JOIN orders o ON o.number = 1`)
    expect(await list('')).toContain('200+ orders')
  })
})

describe('the worklist of what billing rejected', () => {
  it('has the order with the reason until it is amended', async () => {
    await placeThree()
    const { number } = await rejectOne('The street is missing')
    const all = await list('')
    expect(all).toContain('Billing rejected the invoice of 1 order.')
    expect(all).toContain('href="/orders?billing=rejected"')
    const worklist = await list('billing=rejected')
    expect(numbersIn(worklist)).toEqual([number])
    expect(worklist).toContain('The street is missing')
    await amendOrder(ordering, number, anOrder({ note: 'Street added' }))
    expect(await list('billing=rejected')).toContain('Nothing to correct')
    expect(await list('')).not.toContain('Billing rejected')
  })

  it('has no order that was deleted', async () => {
    const { number } = await rejectOne('No')
    await deleteOrder(ordering, number)
    expect(await list('')).not.toContain('Billing rejected')
  })
})

describe('GET /orders.csv', () => {
  const LAST = /([,;])\d{4}-\d\d-\d\d[,;]you@example\.com[,;]$/
  const read = async (path: string, language?: string) => {
    const headers = language === undefined ? {} : { 'Accept-Language': language }
    const lines = (await (await ordering.fetch(path, { headers })).text()).split('\r\n')
    return lines.map((line) => line.replace(LAST, ''))
  }

  it('answers what the filter lets through, in its order, with totals, safe for a spreadsheet', async () => {
    await placeThree()
    const response = await ordering.fetch('/orders.csv?sort=number&currency=EUR')
    expect(response.status).toBe(200)
    expect(response.headers.get('Content-Type')).toBe('text/csv; charset=utf-8')
    expect(response.headers.get('Content-Disposition')).toMatch(/^attachment; filename="orders-\d{4}-\d\d-\d\d\.csv"$/)
    // A spreadsheet takes a file that is opened by a double click for UTF-8 by its first three bytes.
    expect([...new Uint8Array(await response.arrayBuffer()).slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
    expect(await read('/orders.csv?sort=number&currency=EUR')).toEqual([
      'Order,State,Placed,Customer ID,Customer,Country,External ID,Currency,Net,Tax,Total,Changed,Changed ' +
        'by,Rejection reason',
      `1,Draft,2026-01-31,KORN,Kornblume Naturkost,DE,'=1+1,EUR,10.00,0.00,10.00`,
      '2,Confirmed,2026-02-01,LINDEN,"Lindenhof ""Tee"", Bremen",DE,,EUR,10.00,0.00,10.00',
      'Total,,,,,,,EUR,20.00,0.00,20.00,,,',
      '',
    ])
  })

  it('is written as spreadsheets write it where the reader is, or as the address asks', async () => {
    await placeThree()
    const german = [
      `1;Draft;2026-01-31;KORN;Kornblume Naturkost;DE;'=1+1;EUR;10,00;0,00;10,00`,
      '2;Confirmed;2026-02-01;LINDEN;"Lindenhof ""Tee"", Bremen";DE;;EUR;10,00;0,00;10,00',
      'Total;;;;;;;EUR;20,00;0,00;20,00;;;',
    ]
    const path = '/orders.csv?sort=number&currency=EUR'
    expect((await read(path, 'de-DE,de;q=0.9,en;q=0.8')).slice(1, 4)).toEqual(german)
    expect((await read(`${path}&csv=semicolon`, 'en-GB')).slice(1, 4)).toEqual(german)
    expect((await read(`${path}&csv=comma`, 'de-DE')).slice(1, 2)).toEqual([
      `1,Draft,2026-01-31,KORN,Kornblume Naturkost,DE,'=1+1,EUR,10.00,0.00,10.00`,
    ])
    expect((await read(path, 'de-CH')).slice(3, 4)).toEqual(['Total;;;;;;;EUR;20.00;0.00;20.00;;;'])
  })

  it('is a workbook at /orders.xlsx, in which texts are texts', async () => {
    await placeThree()
    const response = await ordering.fetch('/orders.xlsx?sort=number&currency=EUR')
    expect(response.headers.get('Content-Type')).toBe(
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    )
    expect(response.headers.get('Content-Disposition')).toMatch(/filename="orders-\d{4}-\d\d-\d\d\.xlsx"$/)
    const { 'xl/worksheets/sheet1.xml': sheet } = unzipSync(new Uint8Array(await response.arrayBuffer()))
    const xml = strFromU8(sheet ?? new Uint8Array())
    expect(xml).toContain('<c r="G2" s="2" t="inlineStr"><is><t xml:space="preserve">=1+1</t></is></c>')
    expect(xml).toContain('<c r="K4" s="6"><v>20.00</v></c>')
    expect(xml).not.toContain('<f>')
  })

  it('answers all orders, however many pages the list has', async () => {
    for (let count = 1; count <= 51; count += 1) await placeDraft(ordering)
    expect((await (await ordering.fetch('/orders.csv')).text()).split('\r\n')).toHaveLength(54)
  })

  it('answers 503 where the database does not answer', async () => {
    await ordering.failDatabase({ kind: 'refuse' })
    expect((await ordering.fetch('/orders.csv')).status).toBe(503)
  })
})

/** 1: Kornblume, in January, a Draft. 2: Lindenhof, in February, Confirmed. 3: Äpfel, in March, USD, a Draft. */
async function placeThree(): Promise<void> {
  await placeDraft(ordering, anOrder({ externalId: '=1+1', placedAt: '2026-01-31T22:59:59Z' }))
  const second = await placeDraft(ordering, {
    ...anOrder({ placedAt: '2026-02-01T00:00:00Z' }),
    customer: { ...anOrder().customer, id: 'LINDEN', name: 'Lindenhof "Tee", Bremen' },
  })
  await confirmOrder(ordering, second.number)
  await placeDraft(ordering, {
    ...anOrder({ placedAt: '2026-03-01T12:00:00Z', currency: 'USD' }),
    customer: { ...anOrder().customer, id: 'ANNA', name: 'Anna Apfel' },
  })
}

/** An order whose invoice an accountant rejects, and whose rejection billing tells with its next pull. */
async function rejectOne(reason: string): Promise<{ number: number }> {
  const { number } = await placeOrder(ordering)
  await together.pull()
  const { invoices } = (await (await together.billing.fetch(`/api/invoices?order=${number}`)).json()) as {
    invoices: { id: number }[]
  }
  const path = `/api/invoices/${invoices[0]?.id}`
  const etag = (await together.billing.fetch(path)).headers.get('ETag') ?? ''
  const rejected = await together.billing.send('POST', `${path}/reject`, { reason }, { 'If-Match': etag })
  expect(rejected.status).toBe(200)
  await together.pull()
  return { number }
}

async function list(query: string): Promise<string> {
  return (await ordering.fetch(`/orders?${query}`)).text()
}

async function listNumbers(query: string): Promise<number[]> {
  return numbersIn(await list(query))
}

function numbersIn(page: string): number[] {
  return [...page.matchAll(/href="\/orders\/(\d+)"/g)].map(([, number]) => Number(number))
}
