// A scanner types a code and Enter where the focus is, which after a product is its quantity.

import { isLikeACode } from './exact-code.js'

/** Between two keys a person takes longer than this, on average. */
const SCANNERS_MS = 35

/**
 * Whether a text is a code rather than a figure: it has a letter, or more digits than most quantities, or was typed
 * faster than people type. A single key is a person's.
 * @param times when each of its characters was typed, and Enter at last, in milliseconds
 */
export function isScanned(text, times) {
  if (isLikeACode(text)) return true
  const [first] = times
  const keys = times.length - 1
  return /^\d{2,}$/.test(text) && keys === text.length && (times.at(-1) - first) / keys <= SCANNERS_MS
}

/**
 * Calls `land` with what a scanner typed into a field of `root` that matches `selector`, and with the text that the field
 * had before, in place of what Enter does there.
 */
export function watchScanner(root, selector, land) {
  let text // of the field that has the focus, before it was typed in
  let times = []

  root.addEventListener('focusin', ({ target }) => {
    times = []
    if (target.matches(selector)) text = target.value
  })
  root.addEventListener('keydown', (event) => {
    if (!event.target.matches(selector) || event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key.length === 1) times.push(event.timeStamp)
    if (event.key !== 'Enter') return
    const typed = event.target.value.trim()
    if (typed === text || !isScanned(typed, [...times, event.timeStamp])) return
    event.preventDefault()
    land(event.target, typed, text)
  })
}
