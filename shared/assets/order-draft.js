// Keeps what is typed in the order form while it is not saved: leaving it asks, and coming back offers it. The draft stays
// in the tab (sessionStorage) and ends with it, so no disk and no other tab has a customer's data of it; it is under the
// name of who typed it, and what another person left in the tab is removed unseen.

const PREFIX = 'order-draft '
const KEPT_MS = 12 * 60 * 60 * 1000
const PATIENCE_MS = 10_000
/** Fields that say how the page came to be, and nothing that a person typed. */
const NOT_TYPED =
  /^(?:idempotencyKey|seen|conflict|locale|currencyShown|pricesShown|currencyFrom|customerSearched|scanned|removed)/

const form = document.querySelector('[data-order-form]')
if (form === null) forgetSaved()
else keepDraft(form)

/** On an order's page: what was sent to be saved is, since the server led from there to here. */
function forgetSaved() {
  const [navigation] = performance.getEntriesByType('navigation')
  if (navigation.redirectCount === 0) return
  for (const [key, draft] of listDrafts()) {
    if (draft?.sent === 'save') sessionStorage.removeItem(key)
  }
}

function keepDraft(form) {
  const { draftOf: user, draft: name } = form.dataset
  const key = `${PREFIX}${JSON.stringify([user, name])}`
  const isAnswer = form.hasAttribute('data-unsaved') // what it shows was typed before, and is not saved
  let saved = isAnswer ? undefined : typedIn(fieldsOf(form))
  let leaving = false // by sending the form

  forgetOthers(user)
  const earlier = readDraft(key)
  if (earlier !== undefined && !(isAnswer && earlier.sent !== undefined)) {
    if (typedIn(earlier.fields) === typedIn(fieldsOf(form))) sessionStorage.removeItem(key)
    else offer(earlier)
  }

  addEventListener('beforeunload', (event) => {
    if (isDirty() && !leaving) event.preventDefault()
  })
  addEventListener('pagehide', () => {
    if (isDirty() && !leaving) keep()
  })
  form.addEventListener('submit', (event) => {
    const { value } = event.submitter ?? {}
    keep(value === 'save' || value === 'enter' ? 'save' : 'step')
    leaving = true
    // A browser does not tell when a person stops the loading.
    setTimeout(() => {
      leaving = false
    }, PATIENCE_MS)
  })
  // Back from the next page, the browser shows this one as it was left.
  addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return
    if (leaving && readDraft(key) === undefined) saved = typedIn(fieldsOf(form))
    leaving = false
  })

  function isDirty() {
    return saved !== typedIn(fieldsOf(form))
  }

  function keep(sent) {
    store({ at: Date.now(), sent, fields: fieldsOf(form) })
  }

  function store(draft) {
    try {
      sessionStorage.setItem(key, JSON.stringify(draft))
    } catch {
      // No room for it, or none is allowed: then the browser's question is all there is.
    }
  }

  function offer(draft) {
    const place = document.querySelector('[data-draft-offer]')
    const notice = document.querySelector('#draft-template').content.cloneNode(true)
    const time = notice.querySelector('time')
    time.dateTime = new Date(draft.at).toISOString()
    time.textContent = timeOf(draft.at, form.dataset.locale)
    const seen = new Map(draft.fields).get('seen')
    notice.querySelector('[data-changed]').hidden = seen === form.elements.seen?.value
    notice.querySelector('[data-restore]').addEventListener('click', () => restore(draft))
    notice.querySelector('[data-discard]').addEventListener('click', () => {
      sessionStorage.removeItem(key)
      place.replaceChildren()
      document.querySelector('main').focus()
    })
    place.replaceChildren(notice)
  }

  /** The server makes a page of it, as of any form that is sent without being saved. */
  function restore(draft) {
    if (isDirty() && !confirm('The draft replaces what you have typed here since. Restore it?')) return
    const resent = document.createElement('form')
    resent.method = 'post'
    resent.action = form.getAttribute('action')
    resent.hidden = true
    for (const [name, value] of [...draft.fields, ['action', 'update']]) {
      const input = document.createElement('input')
      input.type = 'hidden'
      input.name = name
      input.value = value
      resent.append(input)
    }
    document.body.append(resent)
    store({ ...draft, sent: 'step' })
    leaving = true
    resent.submit()
  }
}

function fieldsOf(form) {
  return [...new FormData(form)]
}

function typedIn(fields) {
  return JSON.stringify(fields.filter(([name]) => !NOT_TYPED.test(name)))
}

function timeOf(at, locale) {
  const day = (instant) => new Date(instant).toDateString()
  const date = day(at) === day(Date.now()) ? {} : { day: 'numeric', month: 'short' }
  return new Intl.DateTimeFormat(locale, { ...date, hour: '2-digit', minute: '2-digit' }).format(at)
}

/** Removes what somebody else has typed in this tab, and what is too old to be gone on with. */
function forgetOthers(user) {
  for (const [key, draft] of listDrafts()) {
    const isOwn = key.startsWith(`${PREFIX}[${JSON.stringify(user)},`)
    if (!isOwn || draft === undefined || Math.abs(Date.now() - draft.at) > KEPT_MS) sessionStorage.removeItem(key)
  }
}

function listDrafts() {
  return Object.keys(sessionStorage)
    .filter((key) => key.startsWith(PREFIX))
    .map((key) => [key, readDraft(key)])
}

/** The draft; undefined where there is none, or none that can be read. */
function readDraft(key) {
  try {
    const draft = JSON.parse(sessionStorage.getItem(key))
    return Array.isArray(draft?.fields) ? draft : undefined
  } catch {
    return undefined
  }
}
