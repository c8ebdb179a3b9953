/** Quotes, and what is typed for them: accents, primes, modifier letters. */
const QUOTES = /[\p{Quotation_Mark}`´ʹʺʻʼʽˈˊˋ′″‴‵‶]/gu
const DASHES = /[\p{Dash}]/gu
const SPACES = /[\s\p{White_Space}]+/gu
/** Marks on letters, but for those that make another syllable in Japanese (が and か) or are a vowel (Devanagari, Thai). */
const MARKS = /(?![\u3099\u309A])[[\p{Script=Inherited}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Cyrillic}]&&\p{M}]/gv
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu

/** Letters with a mark that Unicode does not take apart, as CLDR's Latin-ASCII writes them. ß has SS for its capital. */
const LETTERS: Readonly<Record<string, string>> = {
  Æ: 'AE',
  Œ: 'OE',
  Ø: 'O',
  Ł: 'L',
  Đ: 'D',
  Ð: 'D',
  Ħ: 'H',
  Ŧ: 'T',
  Ŋ: 'N',
  Þ: 'TH',
}
const OWN_LETTERS = /[ÆŒØŁĐÐĦŦŊÞ]/g

/** E behind the vowel whose umlaut is written so: Moewe, Aerger, Duerer. */
const UMLAUT_E = /(?<=[AOU])E/g

/** Stands between the two forms of a stored text: a quote, so that no folded text has it, and words end there. */
const BETWEEN_FORMS = '`'

/**
 * A text as it is searched: without difference of case, of marks on letters (ö is o, ß is ss, æ is ae, ł is l), of
 * compatibility forms, of kinds of quotes and dashes, and of how much white space is between words and around them; what
 * is invisible is left out. Folding twice changes nothing, and what is part of a text is part of it when both are folded.
 *
 * Capitals, since lower case depends on the neighbours (Σ is σ or ς).
 */
export function fold(text: string): string {
  return unifyMarks(unifyMarks(text).normalize('NFKD').replace(MARKS, '').replace(INVISIBLE, ''))
    .toLowerCase()
    .toUpperCase()
    .replace(OWN_LETTERS, (letter) => LETTERS[letter] ?? letter)
    .replace(SPACES, ' ')
    .trim()
}

/** Before Unicode takes compatibility forms apart (´ is a space with an accent there), and after (ŉ is ʼn). */
function unifyMarks(text: string): string {
  return text.replace(QUOTES, `'`).replace(DASHES, '-')
}

/**
 * What to look for, in what `searchable` gives: the folded text, and, where the umlauts in it may be written as ae, oe and
 * ue, the same with a plain vowel for each. `moewe` is looked for as MOEWE and MOWE.
 */
export function searchedForms(q: string): [folded: string, plainVowels?: string] {
  const folded = fold(q)
  const plainVowels = folded.replace(UMLAUT_E, '')
  return plainVowels === folded ? [folded] : [folded, plainVowels]
}

/**
 * A text as it is stored to be searched in, in both forms: MÖWE as MOWE, and MOEWE as MOEWE`MOWE. So Möwe and Moewe are
 * each found by möwe, moewe and mowe, and Joel still by el.
 */
export function searchable(text: string): string {
  return searchedForms(text).join(BETWEEN_FORMS)
}

/**
 * What each text that is found by `q` has in it as `searchable` gives it: the last of the forms. An E that begins it is
 * left out if a vowel before it may have taken it away there: of "er Aue", Bauer Aue has only R AU in BAUR AU.
 */
export function commonForm(q: string): string {
  const [folded, plainVowels] = searchedForms(q)
  return plainVowels === undefined ? folded : plainVowels.replace(/^E/, '')
}

/**
 * A text as it is sorted, compared byte by byte: as it is folded, so that Ä is with A (DIN 5007-1, as in dictionaries),
 * marks and symbols before digits and digits before letters as in Unicode's collation, and then as it is written, so that
 * Apfel and Äpfel do not mix. Beyond the letters of Latin, Greek and Cyrillic it is the order of Unicode's numbers.
 */
export function sortKey(text: string): string {
  return `${fold(text).replace(/[\p{P}\p{S}]/gu, '!$&')}\n${text}`
}

/**
 * Compares sort keys as SQLite does by the bytes of UTF-8: in the order of code points, where JavaScript's `<` goes by the
 * halves of UTF-16 and has 😀 before ｡.
 */
export function compareSortKeys(one: string, other: string): number {
  let place = 0
  while (place < one.length && one[place] === other[place]) place += 1
  return (one.codePointAt(place) ?? -1) - (other.codePointAt(place) ?? -1)
}

/** The folding as the documents of both APIs say it. */
export const FOLDING =
  'Upper and lower case, marks on letters (`ö` and `o`, `ß` and `ss`, `ł` and `l`), kinds of quotes and dashes, and ' +
  'runs of spaces make no difference; umlauts are found as `ae`, `oe` and `ue` too. Everything else is taken ' +
  'literally.'

const SEARCHED_NUMBER = /^(?:#|NO\.?|NR\.?)? ?0*([1-9]\d{0,15})$/

/** The number of an order that is searched: 1388, #1388, # 1388, No. 1388 or 01388; undefined if it is no such number. */
export function searchedNumber(q: string): number | undefined {
  const number = Number(SEARCHED_NUMBER.exec(fold(q))?.[1])
  return Number.isSafeInteger(number) ? number : undefined
}
