// Brings the parts of the page that tell how things stand up to date while somebody looks at it. A part that has the
// focus, or something unfolded, is left alone; so is the whole page once that is asked for.

const EVERY_MS = 20_000
const wanted = document.querySelector('[data-live-choice] input')

function update() {
  if (document.visibilityState !== 'visible' || wanted?.checked === false) return
  const request = new XMLHttpRequest()
  request.open('GET', location.pathname)
  // The browser reads the app's own page as it reads any page, but runs nothing of it. No answer: what is shown stays.
  request.responseType = 'document'
  request.addEventListener('load', () => {
    if (request.status !== 200 || request.responseXML === null) return
    for (const part of document.querySelectorAll('[data-live]')) replace(part, request.responseXML)
  })
  request.send()
}

function replace(part, fresh) {
  const newer = fresh.querySelector(`[data-live="${part.dataset.live}"]`)
  if (newer === null || part.contains(document.activeElement) || part.querySelector('details[open]') !== null) return
  part.replaceWith(document.adoptNode(newer))
}

setInterval(update, EVERY_MS)
