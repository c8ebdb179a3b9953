import { expect, it } from 'vitest'
import { ifMatchHolds, ifNoneMatchHolds } from '../../../shared/edge/etag.ts'

it.each([
  ['"3"', true],
  ['*', true],
  [' * ', true],
  ['"1", "3"', true],
  ['"1,3","3"', true],
  ['"1,3"', false],
  ['W/"3"', false],
  ['"4"', false],
  ['3', false],
  ['', false],
])('If-Match %s for the entity tag "3" holds: %s', (header, holds) => {
  expect(ifMatchHolds(header, '"3"')).toBe(holds)
})

it.each([
  ['"3"', true],
  ['W/"3"', true],
  ['*', true],
  ['"2"', false],
  ['', false],
])('If-None-Match %s says that the reader has "3": %s', (header, has) => {
  expect(ifNoneMatchHolds(header, '"3"')).toBe(has)
})
