// Whoever chooses a line means to credit only what is chosen. Without this it is chosen by hand, and asked for.

const form = document.querySelector('[data-credit-lines]')
const onlyChosen = form?.querySelector('[name="scope"][value="some"]')

form?.addEventListener('change', ({ target }) => {
  if (target.checked && (target.name === 'line' || target.name === 'charge')) onlyChosen.checked = true
})
