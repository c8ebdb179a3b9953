// Brings the parts of the page that tell how things stand up to date while somebody looks at it. A part that has the
// focus, or something unfolded, is left alone; so is the whole page once that is asked for.

const EVERY_MS = 20_000
const choice = document.querySelector('[data-live-choice]')
const wanted = choice?.querySelector('input')

async function update() {
  if (document.visibilityState !== 'visible' || wanted?.checked === false) return
  try {
    const answer = await fetch(location.pathname, { cache: 'no-store' })
    if (!answer.ok || answer.redirected) return
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html')
    for (const part of document.querySelectorAll('[data-live]')) replace(part, fresh)
  } catch {
    // No answer: what is shown says of when it is.
  }
}

function replace(part, fresh) {
  const newer = fresh.querySelector(`[data-live="${part.dataset.live}"]`)
  if (newer === null || part.contains(document.activeElement) || part.querySelector('details[open]') !== null) return
  part.replaceWith(document.adoptNode(newer))
}

if (choice !== null) choice.hidden = false
setInterval(update, EVERY_MS)
