import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answerNothingNew, type FeedSummary } from '../../../shared/handover/publisher/readers.ts'
import {
  type FeedState,
  judgeToken,
  parseToken,
  type Token,
  writeToken,
} from '../../../shared/handover/publisher/token.ts'
import { judgeWitness } from '../../../shared/handover/publisher/restore-witness.ts'

const EPOCH = '0123456789abcdef'
const OTHER = 'fedcba9876543210'
const state: FeedState = { epoch: EPOCH, highest: 10, lastSince: '', lastKey: 0 }

describe('a continuation token', () => {
  it('is read back as it was written, whatever its place', () => {
    const token = fc.record({
      epoch: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((nonce) => nonce.toString(16).padStart(16, '0')),
      number: fc.maxSafeNat(),
    })
    fc.assert(
      fc.property(token, (token) => {
        expect(parseToken(writeToken(token))).toEqual(token)
      }),
    )
  })

  it.each([
    '',
    '1',
    EPOCH,
    `${EPOCH}.`,
    `${EPOCH}.-1`,
    `${EPOCH}.01`,
    `${EPOCH}.1.0`,
    `${EPOCH}.1e3`,
    `${EPOCH}.9007199254740992`,
    `${EPOCH.toUpperCase()}.1`,
    `${EPOCH}0.1`,
    `g${EPOCH.slice(1)}.1`,
    ` ${EPOCH}.1`,
    `${EPOCH}.1\n`,
    `${EPOCH}.１`,
  ])('is nothing like %j', (text) => {
    expect(parseToken(text)).toBeUndefined()
  })
})

describe('judgeToken', () => {
  it.each<[string, Token | null]>([
    ['no token', null],
    ['the start', { epoch: EPOCH, number: 0 }],
    ['the highest number', { epoch: EPOCH, number: 10 }],
  ])('lets a reader go on from %s', (_case, asked) => {
    expect(judgeToken(asked, state)).toEqual({ ok: true, value: null })
  })

  it.each<[string, Token]>([
    ['of another epoch', { epoch: OTHER, number: 3 }],
    ['above the highest number', { epoch: EPOCH, number: 11 }],
  ])('refuses one %s as restored, with what the reader needs to go on', (_case, asked) => {
    expect(judgeToken(asked, state)).toEqual({ ok: false, error: { reason: 'restored', asked, state } })
  })
})

describe('judgeWitness', () => {
  it.each([
    ['there is no witness of a feed that gave no number', undefined, { ...state, highest: 0 }, 'same history'],
    ['there is no witness of a feed that is numbered', undefined, state, 'restored'],
    ['both are the same', { epoch: EPOCH, highest: 10 }, state, 'same history'],
    ['D1 is ahead: a crash before the witness was written', { epoch: EPOCH, highest: 9 }, state, 'same history'],
    ['D1 is behind', { epoch: EPOCH, highest: 11 }, state, 'restored'],
    ['D1 names another epoch', { epoch: OTHER, highest: 10 }, state, 'restored'],
    ['D1 names another epoch, though it is ahead', { epoch: OTHER, highest: 3 }, state, 'restored'],
  ] as const)('when %s', (_case, witness, state, judged) => {
    expect(judgeWitness(witness, state)).toBe(judged)
  })
})

describe('answerNothingNew', () => {
  const idle: FeedSummary = { state, highestHeld: 8, waiting: false }
  const after = (number: number) => ({ after: { epoch: EPOCH, number }, limit: 500 })

  it('answers each reader with the token it sent, or the start', () => {
    expect(answerNothingNew(idle, [after(8), after(10)])).toEqual([
      { ok: true, value: { records: [], keys: [], next: { epoch: EPOCH, number: 8 }, more: false } },
      { ok: true, value: { records: [], keys: [], next: { epoch: EPOCH, number: 10 }, more: false } },
    ])
    expect(answerNothingNew({ ...idle, highestHeld: 0 }, [{ after: null, limit: 1 }])).toEqual([
      { ok: true, value: { records: [], keys: [], next: { epoch: EPOCH, number: 0 }, more: false } },
    ])
  })

  it('does not answer when a record waits, or when there is something for any of the readers', () => {
    expect(answerNothingNew({ ...idle, waiting: true }, [after(8)])).toBeUndefined()
    expect(answerNothingNew(idle, [after(8), after(7)])).toBeUndefined()
    expect(answerNothingNew(idle, [after(8), { after: null, limit: 1 }])).toBeUndefined()
  })

  it('refuses a token of another history even then', () => {
    const asked = { epoch: OTHER, number: 9 }
    expect(answerNothingNew(idle, [{ after: asked, limit: 1 }])).toEqual([
      { ok: false, error: { reason: 'restored', asked, state } },
    ])
  })
})
