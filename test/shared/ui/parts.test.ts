import { renderToString } from 'hono/jsx/dom/server'
import { describe, expect, it } from 'vitest'
import {
  Age,
  CalendarDay,
  ErrorSummary,
  Field,
  Figure,
  Money,
  Notice,
  Select,
  StateBadge,
  TextArea,
} from '../../../shared/ui/parts.tsx'

describe('a field', () => {
  it('names its label, and reads out its error before its hint', () => {
    const html = renderToString(
      Field({ name: 'lines.0.quantity', label: 'Quantity', hint: 'Such as 12.5', error: 'Not a number', value: 'abc' }),
    )
    expect(html).toContain('<label for="field-lines-0-quantity">Quantity</label>')
    expect(html).toContain('name="lines.0.quantity"')
    expect(html).toContain('aria-invalid="true"')
    expect(html).toContain('aria-describedby="field-lines-0-quantity-error field-lines-0-quantity-hint"')
    expect(html).toContain('value="abc"')
  })

  it('keeps what was typed as text, whatever it looks like', () => {
    const html = renderToString(Field({ name: 'name', label: 'Name', value: '"><script>alert(1)</script>' }))
    expect(html).not.toContain('<script>')
    expect(html).toContain('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"')
  })

  it('of several lines keeps a first line that is empty, which the parser of HTML would drop', () => {
    expect(renderToString(TextArea({ name: 'note', label: 'Note', value: '\nBell' }))).toContain('>\n\nBell</textarea>')
  })

  it('of choices shows a value that is none of them, so that nothing typed is lost', () => {
    const html = renderToString(
      Select({ name: 'currency', label: 'Currency', value: 'XYZ', options: [{ value: 'EUR', label: 'EUR' }] }),
    )
    expect(html).toContain('<option value="XYZ" selected="" dir="auto">XYZ</option>')
  })
})

describe('the summary of errors', () => {
  it('links each error to its field', () => {
    const html = renderToString(ErrorSummary({ errors: [{ name: 'customer.name', message: 'Enter a name' }] }))
    expect(html).toContain('<a href="#field-customer-name">Enter a name</a>')
  })

  it('is not there without errors', () => {
    expect(ErrorSummary({ errors: [] })).toBeNull()
  })
})

describe('figures', () => {
  it('write money with the decimals of its currency', () => {
    expect(renderToString(Money({ amount: 155_200, currency: 'JPY' }))).toContain('¥155,200')
    expect(renderToString(Money({ amount: 1_999, currency: 'KWD' }))).toContain('1.999')
  })

  it('write a percentage of two decimals', () => {
    expect(renderToString(Figure({ value: 12.25, unit: 'percent' }))).toContain('12.25%')
  })

  it('write a day as it is, in whatever zone the reader is', () => {
    expect(renderToString(CalendarDay({ day: '2026-07-05' }))).toBe('<time datetime="2026-07-05">5 Jul 2026</time>')
  })

  it.each([
    ['2026-07-04T08:00:00Z', '4 days ago'],
    ['2026-07-08T06:59:00Z', '1 hour ago'],
    ['2026-07-08T07:59:18Z', '42 seconds ago'],
    ['2026-07-08T08:00:00Z', 'just now'],
    ['2026-07-08T08:00:05Z', 'just now'],
  ])('write the age of %s as %s', (at, words) => {
    expect(renderToString(Age({ at, now: '2026-07-08T08:00:00Z' }))).toContain(words)
  })

  it('write an instant that lies ahead as it is: a clock that was ahead has dated it', () => {
    expect(renderToString(Age({ at: '2026-07-09T08:00:00Z', now: '2026-07-08T08:00:00Z' }))).toMatch(
      /^on <time datetime="2026-07-09T08:00:00Z".*>.*<\/time>, by a clock that was ahead$/,
    )
  })
})

it('the state ToApprove is shown as To approve', () => {
  expect(renderToString(StateBadge({ state: 'ToApprove' }))).toContain('>To approve</span>')
})

describe('a notice', () => {
  it('breaks no line within a document’s number in its title', () => {
    expect(
      renderToString(Notice({ title: 'Order 7 is approved as invoice 2026-000012, credited by C2026-000003.' })),
    ).toContain(
      'as invoice <span class="unbroken">2026-000012</span>, credited by <span class="unbroken">C2026-000003</span>.</p>',
    )
  })
})
