import { expect, it } from 'vitest'
import { listChanges } from '../../../workers/billing/copies/field-changes.ts'

it('lists the fields that differ, each by its pointer, in their order', () => {
  const before = { revision: 2, note: 'Two boxes', customer: { name: 'Korn', vatId: null }, lines: [{ quantity: 4 }] }
  const after = { revision: 3, note: null, customer: { name: 'Korn', vatId: null }, lines: [{ quantity: 8 }] }
  expect(listChanges(before, after)).toEqual([
    { pointer: '/revision', before: 2, after: 3 },
    { pointer: '/note', before: 'Two boxes', after: null },
    { pointer: '/lines/0/quantity', before: 4, after: 8 },
  ])
})

it('names what only one side has as a whole', () => {
  expect(listChanges({ lines: [1] }, { lines: [1, { sku: 'A' }] })).toEqual([
    { pointer: '/lines/1', before: undefined, after: { sku: 'A' } },
  ])
  expect(listChanges({ 'a/b': { '~': 1 } }, {})).toEqual([{ pointer: '/a~1b', before: { '~': 1 }, after: undefined }])
})

it('passes over what every write draws again', () => {
  expect(listChanges({ fingerprint: 1, confirmedSequenceNr: 4 }, { fingerprint: 2, confirmedSequenceNr: 5 })).toEqual(
    [],
  )
})
