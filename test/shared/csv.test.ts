import { describe, expect, it } from 'vitest'
import { writeCsvLine } from '../../shared/csv.ts'

describe('a line of CSV', () => {
  it('quotes what would end a cell, and ends with CR LF', () => {
    expect(writeCsvLine([1, null, 'a, b', 'say "yes"', 'two\nlines', ''])).toBe(
      '1,,"a, b","say ""yes""","two\nlines",\r\n',
    )
  })

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '＝1'])('takes the formula out of %j', (text) => {
    expect(writeCsvLine([text])).toBe(`'${text}\r\n`)
  })

  it('takes it out before it quotes', () => {
    expect(writeCsvLine(['=HYPERLINK("https://example.com","x")'])).toBe(
      `"'=HYPERLINK(""https://example.com"",""x"")"\r\n`,
    )
  })

  it('leaves numbers as they are', () => {
    expect(writeCsvLine([-1, 'a-b'])).toBe('-1,a-b\r\n')
  })
})
