import { describe, expect, it } from 'vitest'
import { readerOf } from '../../../shared/edge/reader.ts'

describe('the reader of a request', () => {
  it('writes in the language that the browser asks for first, in the business’s zone until the browser tells its own', () => {
    expect(readerOf('de-AT,de;q=0.9,en;q=0.8', 'Europe/Vienna')).toEqual({
      locale: 'de-AT',
      timeZone: 'Europe/Vienna',
      zoneOfBrowser: true,
    })
  })

  it('writes English where no language is asked for', () => {
    expect(readerOf(undefined, 'UTC').locale).toBe('en-GB')
  })

  it.each(['*', '', ';q=1', '../etc', 'not a language', 'x'.repeat(10_000)])(
    'passes over the language %j',
    (header) => {
      expect(readerOf(header, 'UTC').locale).toBe('en-GB')
    },
  )

  it('passes over a time zone that there is not', () => {
    expect(readerOf('en', 'Mars/Olympus').timeZone).toBe('UTC')
  })
})
