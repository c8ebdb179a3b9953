import { commonForm } from './fold.ts'

/** The length of a term that leads to what is searched, in letters and in digits. */
const LETTERS = 3
const DIGITS = 5
const ONLY_DIGITS = /^[0-9]+$/
/** More of them tell a search no better. */
const MOST_TERMS = 8

/** What ends a word: a space, or a mark of ASCII. The triggers that keep terms spell it as a pattern of GLOB. */
const BETWEEN_WORDS = /[ -/:-@[-`{-~]+/

/**
 * Terms of all that is found by `q` in a name or an external id; what has all of them need not be found by it. None where
 * no word of it has three letters.
 */
export function termsOf(q: string): string[] {
  const words = commonForm(q)
    .split(BETWEEN_WORDS)
    .map((word) => [...word])
  const ofDigits = words.flatMap((word) => runsOf(word, DIGITS)).filter((run) => ONLY_DIGITS.test(run))
  const ofLetters = words.flatMap((word) => runsOf(word, LETTERS))
  return spread([...new Set([...ofDigits, ...ofLetters])], MOST_TERMS)
}

function runsOf(letters: readonly string[], size: number): string[] {
  const count = Math.max(letters.length - size + 1, 0)
  return Array.from({ length: count }, (_, place) => letters.slice(place, place + size).join(''))
}

/** At most `most` of the terms, from all over, the first among them. */
function spread(terms: readonly string[], most: number): string[] {
  const step = Math.max(terms.length / most, 1)
  return terms.filter((_, place) => Math.floor(place / step) !== Math.floor((place - 1) / step))
}
