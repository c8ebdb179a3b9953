// A form that was sent is not sent again while its answer is on the way.

const PATIENCE_MS = 10_000

document.addEventListener('submit', (event) => {
  const form = event.target
  if (!form.matches('[data-send-once]')) return
  if (form.hasAttribute('data-sent')) {
    event.preventDefault()
    return
  }
  form.setAttribute('data-sent', '')
  form.setAttribute('aria-busy', 'true')
  // A browser does not tell when a person stops the loading.
  setTimeout(() => release(form), PATIENCE_MS)
})

// Back from the next page, the browser shows this one as it was left.
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('[data-sent]')) release(form)
})

function release(form) {
  form.removeAttribute('data-sent')
  form.removeAttribute('aria-busy')
}
