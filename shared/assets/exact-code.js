// Which code was typed. Ordering and its pages judge it alike.

/**
 * The one with just this code; else the only one with it in other capitals. Never one that has it as a part.
 * @template T
 * @param {readonly T[]} found
 * @param {(one: T) => string} codeOf
 * @param {string} typed
 * @returns {T | undefined}
 */
export function exactMatch(found, codeOf, typed) {
  const code = typed.normalize('NFC').trim()
  const exact = found.find((one) => codeOf(one) === code)
  if (exact !== undefined || code === '') return exact
  const alike = found.filter((one) => withoutCase(codeOf(one)) === withoutCase(code))
  return alike.length === 1 ? alike[0] : undefined
}

/** @param {string} code */
function withoutCase(code) {
  return code.toLowerCase().toUpperCase()
}

/**
 * Whether a text is a code rather than a figure: it has a letter, or more digits than most quantities.
 * @param {string} text
 */
export function isLikeACode(text) {
  return /\p{L}|^\d{4,}$/u.test(text)
}
