// Asks quietly whether the page can be had again, and goes there only then: a page that reloads on its own takes the
// focus away from whoever reads it.
const notice = document.querySelector('[data-try-again]')

async function tryAgain() {
  try {
    const answer = await fetch(notice.dataset.tryAgain, { method: 'HEAD', cache: 'no-store' })
    if (answer.status < 500) location.replace(notice.dataset.tryAgain)
  } catch {
    // No answer: the next attempt is due all the same.
  }
}

if (notice !== null) setInterval(tryAgain, Number(notice.dataset.everySeconds) * 1000)
