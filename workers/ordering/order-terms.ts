import { fold } from './fold.ts'

/** Of so many letters are the terms by which orders stand in order_terms. */
const SHORT = 3
const LONG = 5
/** More of them tell a search no better. */
const MOST_TERMS = 8

/** What ends a word: a space, or a mark of ASCII. The triggers on order_terms spell it as a pattern of GLOB. */
const BETWEEN_WORDS = /[ -/:-@[-`{-~]+/

/**
 * The terms of every order that has `q` in its customer's name or its external id; an order with all of them need not
 * have it. None where no word of it has three letters.
 */
export function termsOf(q: string): string[] {
  const words = fold(q).split(BETWEEN_WORDS)
  const terms = words.map((word) => [...word]).flatMap((word) => runsOf(word, word.length < LONG ? SHORT : LONG))
  return spread([...new Set(terms)], MOST_TERMS)
}

function runsOf(letters: readonly string[], size: number): string[] {
  const count = Math.max(letters.length - size + 1, 0)
  return Array.from({ length: count }, (_, place) => letters.slice(place, place + size).join(''))
}

/** At most so many, from all over. */
function spread(terms: readonly string[], most: number): string[] {
  const step = Math.max(terms.length / most, 1)
  return terms.filter((_, place) => Math.floor(place / step) !== Math.floor((place - 1) / step))
}
