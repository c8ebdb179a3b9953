import { array, assert, constantFrom, oneof, property, string, tuple } from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  commonForm,
  compareSortKeys,
  fold,
  searchable,
  searchedForms,
  searchedNumber,
  sortKey,
} from '../../../shared/text/fold.ts'

/** Any text, and often one that is hard to fold. */
const anyText = oneof(
  string({ unit: 'binary', maxLength: 12 }),
  string({ unit: 'grapheme', maxLength: 12 }),
  array(constantFrom(...Array.from('aeouAEOUäöüßæœøłđþıİŉΐΣσςЁй’"„“–—­ \u00a0\u3000\u200b\u0301\u3099´¨ﬁ')), {
    maxLength: 12,
  }).map((letters) => letters.join('')),
)

describe('folding', () => {
  it.each([
    ['Straße', 'STRASSE'],
    ['ΟΔΟΣ', 'οδοσ'],
    ['ὈΔΥΣΣΕΎΣ', 'οδυσσευς'],
    ['ＡＢＣ', 'abc'],
    ['ﬁn', 'FIN'],
    ['é', 'e\u0301'],
    ['Lune Dorée', 'lune doree'],
    ['Łódź', 'lodz'],
    ['Smørrebrød', 'smorrebrod'],
    ['Æbleskiver', 'aebleskiver'],
    ['Đặng', 'dang'],
    ['ISPARTA', 'ısparta'],
    ['Þórður', 'thordur'],
    ['Ёлка', 'елка'],
    ['O’Brien', `O'Brien`],
    ['Oʼbrien', 'O´Brien'],
    ['„Zur Post“', `'zur post'`],
    ['Müller–Lüdenscheid', 'muller-ludenscheid'],
    ['A‑100', 'a−100'],
    ['two  spaces', 'two spaces'],
    ['Kornblume\u00a0\u2009Naturkost', ' kornblume naturkost '],
    ['東京\u3000商会', '東京 商会'],
    ['soft\u00adhyphen', 'softhyphen'],
    ['שָׁלוֹם', 'שלום'],
  ])('makes %j and %j one', (one, other) => {
    expect(fold(one)).toBe(fold(other))
  })

  it.each([
    ['が', 'か'],
    ['कि', 'का'],
    ['1-2', '12'],
    ['ab', 'a b'],
  ])('keeps %j and %j apart', (one, other) => {
    expect(fold(one)).not.toBe(fold(other))
  })

  it('changes nothing the second time, whatever the text', () => {
    assert(
      property(anyText, (text) => fold(fold(text)) === fold(text)),
      { numRuns: 3_000 },
    )
  })

  it('finds a text by its umlauts written in either way, and by their vowels', () => {
    for (const stored of ['Möwe', 'Moewe', 'MÖWE', 'moewe']) {
      for (const q of ['möwe', 'moewe', 'Mo\u0308we', 'OEWE']) expect(isFound(stored, q)).toBe(true)
    }
    expect(isFound('Möwe', 'mowe')).toBe(true)
    expect(isFound('Joel', 'el')).toBe(true)
    expect(isFound('Moeller & Söhne', 'möller & soehne')).toBe(true)
    expect(isFound('Møller', 'moeller')).toBe(true)
    expect(isFound('Möwe', 'ewe')).toBe(false)
  })

  it('finds a text by each part of it, and has in it what all that is found has in common', () => {
    const words = array(oneof(constantFrom('Bauer', 'Aue', 'Joël', 'möwe', 'EE', 'e', ' ', 'A', '-'), anyText), {
      maxLength: 5,
    }).map((parts) => parts.join(''))
    assert(
      property(tuple(words, words, words), ([before, q, behind]) => {
        // Where a letter is cut from its marks, or jamo from their syllable, the parts are not those of the whole.
        const stored = `${before}${q}${behind}`
        if (!fold(stored).includes(fold(q))) return
        expect(isFound(stored, q)).toBe(true)
        expect(searchable(stored)).toContain(commonForm(q))
      }),
      { numRuns: 3_000 },
    )
  })

  it('keeps a part of a text a part of it', () => {
    const letters = string({ unit: 'grapheme', maxLength: 6 })
    assert(
      property(letters, letters, letters, (before, q, behind) => fold(`${before}${q}${behind}`).includes(fold(q))),
      { numRuns: 3_000 },
    )
  })
})

function isFound(stored: string, q: string): boolean {
  return searchedForms(q).some((form) => form !== undefined && searchable(stored).includes(form))
}

describe('sorting', () => {
  it('has Ä with A, marks before digits, digits before letters, and what differs by marks alone side by side', () => {
    const sorted = [
      '"Apart"',
      '[test]',
      '~',
      '10',
      '2 Brothers',
      'Apfel',
      'apfel',
      'Äpfel',
      'Apfel & Co',
      'Łódź',
      'O’Brien',
      'Oak',
      'Øst',
      'Zoë',
      'zoo',
      'Ωmega',
      'Ёлка',
    ]
    const keys = sorted.map((text) => ({ text, key: sortKey(text) }))
    const again = keys.toSorted((one, other) => (one.key < other.key ? -1 : 1))
    expect(again.map(({ text }) => text)).toEqual(sorted)
  })
})

describe('a searched number', () => {
  it.each([
    ['1388', 1388],
    ['#1388', 1388],
    ['# 1388', 1388],
    ['01388', 1388],
    [' #01388 ', 1388],
    ['No. 12', 12],
    ['Nr. 12', 12],
    ['１２', 12],
    ['9007199254740991', 9_007_199_254_740_991],
  ])('is read from %j', (q, number) => {
    expect(searchedNumber(q)).toBe(number)
  })

  it.each(['', '#', '0', '000', '12-3', '1.5', '-12', '1e3', '##12', '9007199254740993', 'A12'])(
    'is not read from %j',
    (q) => {
      expect(searchedNumber(q)).toBeUndefined()
    },
  )
})

it('sort keys are compared as SQLite compares their bytes', () => {
  const text = string({ unit: 'binary', maxLength: 4 })
  const bytes = (key: string) => [...new TextEncoder().encode(key)].map((byte) => String.fromCodePoint(byte)).join('')
  assert(
    property(text, text, (one, other) => {
      const [first, second] = [bytes(one), bytes(other)]
      expect(Math.sign(compareSortKeys(one, other))).toBe(first === second ? 0 : first < second ? -1 : 1)
    }),
    { numRuns: 2_000 },
  )
})
