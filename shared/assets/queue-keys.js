// J and K go to the next and the previous invoice, A and R to what approves and rejects it: Enter then does it, so that
// no single key decides. C goes on to credit it. In a list J and K go from row to row, X chooses the row. Whoever does not want single keys to do
// anything turns them off, on any of these pages, for all of them.

const STORED = 'keyboard-shortcuts'
const choice = document.querySelector('[data-keys-choice]')
const rows = () => [...document.querySelectorAll('[data-queue] tbody tr')]

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target) || areOff()) return
  const key = event.key.toLowerCase()
  const control = document.querySelector(`[data-key="${CSS.escape(key)}"]`)
  if (control !== null) {
    event.preventDefault()
    if (control.matches('a')) control.click()
    else control.focus()
    return
  }
  const current = rows().findIndex((row) => row.contains(document.activeElement))
  if (key === 'j') focusRow((current + 1) % rows().length)
  if (key === 'k') focusRow(current - 1)
  if (key === 'x') rows()[current]?.querySelector('input')?.click()
})

choice?.addEventListener('change', () => {
  store(choice.checked ? null : 'off')
  show()
})
addEventListener('storage', show) // chosen in another tab
addEventListener('pageshow', show) // a browser that comes back here shows the page as it was left

/** Shows the choice, and names the keys to assistive technology only while they do something. */
function show() {
  const off = areOff()
  if (choice !== null) choice.checked = !off
  document.documentElement.toggleAttribute('data-keys-off', off)
  for (const control of document.querySelectorAll('[data-key]')) {
    if (off) control.removeAttribute('aria-keyshortcuts')
    else control.setAttribute('aria-keyshortcuts', control.dataset.key.toUpperCase())
  }
}

// A browser may refuse its store: then the choice holds as long as the page.
let held = null

function areOff() {
  try {
    return localStorage.getItem(STORED) === 'off'
  } catch {
    return held === 'off'
  }
}

function store(value) {
  held = value
  try {
    if (value === null) localStorage.removeItem(STORED)
    else localStorage.setItem(STORED, value)
  } catch {
    // Held above.
  }
}

function focusRow(index) {
  rows().at(index)?.querySelector('a, input')?.focus()
}

function isTyping(target) {
  return target.matches('textarea, select, input:not([type="checkbox"], [type="radio"])')
}
