import { describe, expect, it } from 'vitest'
import { ORDER_FEED } from '../../../shared/contract/order-feed.ts'
import { quarantineSubject, readRecord } from '../../../shared/handover/consumer/record.ts'
import { parseOrder } from '../../../workers/billing/copies/order-copy.ts'
import { aPublishedOrder } from '../../support/published-order.ts'

const record = aPublishedOrder()
const readOrder = (came: unknown) => readRecord(ORDER_FEED, parseOrder, came)

describe('an order that is read', () => {
  it('returns the order as judged, and the record as it came, unknown fields included', () => {
    const newer = { ...record, priority: 'high' }
    expect(readOrder(newer)).toEqual({
      ok: true,
      value: {
        key: 7,
        revision: 3,
        fingerprint: record.fingerprint,
        deleted: false,
        record,
        text: JSON.stringify(newer),
      },
    })
  })

  it('names the order, its revision, its place and each field that does not fit', () => {
    expect(readOrder({ ...record, currency: 'EURO', lines: [] })).toMatchObject({
      ok: false,
      error: { key: 7, revision: 3, sequenceNr: 12 },
    })
    const read = readOrder({ ...record, currency: 'EURO' })
    expect(read.ok ? [] : read.error.errors.map(({ pointer }) => pointer)).toEqual(['/currency'])
  })

  it.each([
    ['null', null],
    ['text', 'order 7'],
    ['an array', [record]],
    ['a record whose number is text', { ...record, number: '7', revision: '3', confirmedSequenceNr: '12' }],
    ['a record whose number is a fraction', { ...record, number: 7.5, revision: 0, confirmedSequenceNr: -1 }],
  ])('cannot name the order of %s', (_case, unreadable) => {
    expect(readOrder(unreadable)).toMatchObject({
      ok: false,
      error: { key: null, revision: null, sequenceNr: null },
    })
  })
})

describe('quarantineSubject', () => {
  it('is the order where its number can be read, else the place in the feed', () => {
    expect(quarantineSubject(ORDER_FEED, { key: 7, sequenceNr: 12 })).toBe('order:7')
    expect(quarantineSubject(ORDER_FEED, { key: null, sequenceNr: 12 })).toBe('sequence:12')
    expect(quarantineSubject(ORDER_FEED, { key: null, sequenceNr: null })).toBe('sequence:unknown')
  })
})
