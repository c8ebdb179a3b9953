import { array, assert, constantFrom, oneof, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgeText, judgeVisible, normalizeText, sentTexts } from '../../../shared/text/text.ts'

/** What people paste: letters, what composes with them, and every kind of space and line break. */
const pasted = array(
  oneof(
    string({ unit: 'binary', maxLength: 4 }),
    constantFrom(
      'e\u0301',
      '\u0958',
      '\ud55c',
      '\u1112\u1161\u11ab',
      '\u2000',
      '\u212b',
      'q\u0323\u0307',
      'q\u0307\u0323',
    ),
    constantFrom(' ', '\t', '\n', '\r', '\r\n', '\u0085', '\u00a0', '\u1680', '\u2028', '\u3000', '\ufeff', '\u200b'),
  ),
).map((parts) => parts.join(''))

describe('the one form of a text', () => {
  it('stays as it is when it is brought to it again', () => {
    assert(property(pasted, (text) => normalizeText(normalizeText(text)) === normalizeText(text)))
  })

  it('is NFC, has no carriage return, and neither begins nor ends with white space', () => {
    assert(
      property(pasted, (text) => {
        const formed = normalizeText(text)
        expect(formed).toBe(formed.normalize('NFC'))
        expect(formed).not.toMatch(/\r|^[\s\u0085]|[\s\u0085]$/u)
      }),
    )
  })

  it('is the same for what is canonically the same, however its lines end', () => {
    assert(
      property(pasted, (text) => {
        const unix = text.replaceAll(/\r\n?/g, '\n')
        expect(normalizeText(text.normalize('NFD'))).toBe(normalizeText(text))
        expect(normalizeText(unix.replaceAll('\n', '\r\n'))).toBe(normalizeText(unix))
      }),
    )
  })

  it('is had in time that grows with the text alone, whatever is repeated in it', () => {
    const spaces = `a${' '.repeat(2_000_000)}b`
    expect(normalizeText(spaces)).toBe(spaces)
    const marks = sentTexts.required({ most: 100 }).safeParse(`a${'\u0301\u0316'.repeat(2_000_000)}`)
    expect(marks.success).toBe(false)
  })
})

describe('a text that must be there', () => {
  it.each([
    ['nothing', ''],
    ['a zero-width space', '\u200b'],
    ['a zero-width non-joiner', '\u200c'],
    ['a zero-width joiner', '\u200d'],
    ['a left-to-right mark', '\u200e'],
    ['a word joiner', '\u2060'],
    ['an invisible times', '\u2062'],
    ['a soft hyphen', '\u00ad'],
    ['a combining grapheme joiner', '\u034f'],
    ['an Arabic letter mark', '\u061c'],
    ['a Hangul choseong filler', '\u115f'],
    ['a Hangul jungseong filler', '\u1160'],
    ['a Hangul filler', '\u3164'],
    ['a halfwidth Hangul filler', '\uffa0'],
    ['a Khmer inherent vowel', '\u17b4'],
    ['a Mongolian vowel separator', '\u180e'],
    ['a Mongolian variation selector', '\u180b'],
    ['a Braille blank', '\u2800'],
    ['an emoji variation selector', '\ufe0f'],
    ['a variation selector of a plane above', '\u{e0100}'],
    ['a tag', '\u{e0041}'],
    ['a deprecated format', '\u206a'],
    ['an interlinear annotation', '\ufff9'],
    ['a shorthand format', '\u{1bca0}'],
    ['a beam of music', '\u{1d173}'],
    ['a null notehead', '\u{1d159}'],
    ['a blank hieroglyph', '\u{13441}'],
    ['the place of an object', '\ufffc'],
    ['a mark without a letter', '\u0301'],
    ['an enclosing circle round nothing', '\u20dd'],
    ['several of them', '\u200b\u2060\u00ad\u0301\u2800 \u3164'],
  ])('is not %s', (_case, text) => {
    expect(judgeVisible(text)).toBeDefined()
    expect(sentTexts.required({ most: 200 }).safeParse(text).success).toBe(false)
  })

  it.each(['a', '0', '–', '.', '年', '\u0634', '👩‍🌾', '\u{20bb7}', '\u0ba8\u0bbf'])('may be %s', (text) => {
    expect(sentTexts.required({ most: 200 }).parse(text)).toBe(text)
  })
})

describe('a text is refused in words that say what to do', () => {
  it.each([
    ['a\tb', 'Tabs are not allowed: use spaces'],
    ['a\nb', 'Line breaks are not allowed here'],
    ['a\u0000b', 'Control characters are not allowed'],
    ['a\ud83d', 'Not well-formed Unicode'],
    ['a\u202eb', 'Characters that change the direction of writing are not allowed'],
    ['a\u2066b', 'Characters that change the direction of writing are not allowed'],
    ['a\ufffe', 'Non-characters of Unicode are not allowed'],
    ['x'.repeat(11), 'At most 10 characters'],
  ])('%j: %s', (text, message) => {
    expect(judgeText(text, { most: 10 })).toBe(message)
  })
})
