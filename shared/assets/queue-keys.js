// J and K go to the next and the previous invoice, A and R to what approves and rejects it: Enter then does it, so that
// no single key decides. In a list J and K go from row to row, X chooses the row.

const rows = () => [...document.querySelectorAll('[data-queue] tbody tr')]

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return
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

function focusRow(index) {
  rows().at(index)?.querySelector('a')?.focus()
}

function isTyping(target) {
  return target.matches('textarea, select, input:not([type="checkbox"])')
}
