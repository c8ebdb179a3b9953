import { array, assert, integer, property, string } from 'fast-check'
import { expect, it } from 'vitest'
import { bytesOf, cutByBytes, fitsIn } from '../../../shared/db/byte-limits.ts'

it('weighs any text as UTF-8 has it', () => {
  assert(
    property(string({ unit: 'grapheme' }), (text) => {
      expect(bytesOf(text)).toBe(new TextEncoder().encode(text).length)
    }),
  )
  expect(bytesOf('aé€\u{1F375}')).toBe(1 + 2 + 3 + 4)
})

it('says whether a text fits, to the byte', () => {
  expect([fitsIn(4, '\u{1F375}'), fitsIn(3, '\u{1F375}'), fitsIn(3, 'abc'), fitsIn(2, 'abc')]).toEqual([
    true,
    false,
    true,
    false,
  ])
})

it('cuts records into batches of bounded bytes, one record at least', () => {
  expect([...cutByBytes([40, 60, 10, 150, 30], 100, (size) => size)]).toEqual([[40, 60], [10], [150], [30]])
  expect([...cutByBytes([], 100, () => 1)]).toEqual([])
})

it('leaves no record out, and makes no batch heavier than may be unless one record alone is', () => {
  assert(
    property(array(integer({ min: 0, max: 200 })), (sizes) => {
      const batches = [...cutByBytes(sizes, 100, (size) => size)]
      expect(batches.flat()).toEqual(sizes)
      for (const batch of batches.filter(({ length }) => length > 1)) {
        expect(batch.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(100)
      }
    }),
  )
})
