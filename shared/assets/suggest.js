// Suggestions while one types, as a combobox with a list (ARIA Authoring Practices, "Combobox with list autocomplete").
// The first suggestion is the active one: Enter chooses it, Escape and Tab leave what was typed.

const PAUSE_MS = 120
const MOST = 8

/**
 * Makes the fields in `root` that match `selector` suggest, those that are added later as well.
 * @param search what is typed to the list's entries: `{ id, label, detail }`
 * @param choose what happens to a field whose entry was chosen
 */
export function suggest(root, selector, { search, choose }) {
  let open // the list that is shown: { field, list, entries, active }
  let asked // the search on its way: { field, controller, chooseFirst }
  let pause
  const status = document.createElement('p')
  status.className = 'visually-hidden'
  status.setAttribute('role', 'status')
  root.append(status)

  root.addEventListener('focusin', ({ target }) => {
    if (target.matches(selector)) describe(target)
  })
  // What the page gave the focus to had it before this ran.
  const focused = root.querySelector(':focus')
  if (focused?.matches(selector)) describe(focused)
  root.addEventListener('input', ({ target }) => {
    if (!target.matches(selector)) return
    close()
    clearTimeout(pause)
    asked?.controller.abort()
    asked = undefined
    const text = target.value.trim()
    if (text === '') return
    asked = { field: target, controller: new AbortController(), chooseFirst: false }
    pause = setTimeout(ask, PAUSE_MS, asked, text)
  })
  root.addEventListener('keydown', (event) => {
    if (!event.target.matches(selector) || event.isComposing) return
    if (open === undefined) awaitChoice(event)
    else act(event)
  })
  root.addEventListener('focusout', ({ target }) => {
    if (!target.matches(selector)) return
    clearTimeout(pause)
    asked?.controller.abort()
    asked = undefined
    close()
  })

  async function ask(question, text) {
    const entries = await search(text, MOST, question.controller.signal).catch(() => [])
    if (question.controller.signal.aborted || asked !== question) return
    asked = undefined
    if (entries.length === 0) status.textContent = 'Nothing found'
    else if (question.chooseFirst) choose(question.field, entries[0].value)
    else show(question.field, entries)
  }

  /** Enter before the suggestions are there waits for them; it must not send a form half filled in. */
  function awaitChoice(event) {
    if (event.key !== 'Enter') return
    if (asked !== undefined) asked.chooseFirst = true
    if (asked !== undefined || event.target.type === 'search') event.preventDefault()
  }

  function act(event) {
    switch (event.key) {
      case 'ArrowDown':
      case 'ArrowUp': {
        const step = event.key === 'ArrowDown' ? 1 : -1
        activate((open.active + step + open.entries.length) % open.entries.length)
        break
      }
      case 'Enter':
        take(open.active)
        break
      case 'Escape':
        close()
        break
      default:
        return
    }
    event.preventDefault()
  }

  function show(field, entries) {
    const list = document.createElement('ul')
    list.id = `${field.id}-suggestions`
    list.className = 'suggestions'
    list.setAttribute('role', 'listbox')
    list.setAttribute('aria-label', 'Suggestions')
    list.append(...entries.map(({ label, detail }, index) => option(`${list.id}-${index}`, label, detail)))
    list.addEventListener('pointerdown', (event) => {
      event.preventDefault() // the field keeps the focus
      const index = [...list.children].indexOf(event.target.closest('li'))
      if (index >= 0) take(index)
    })
    field.closest('.suggests').append(list)
    field.setAttribute('aria-expanded', 'true')
    field.setAttribute('aria-controls', list.id)
    open = { field, list, entries, active: 0 }
    activate(0)
    status.textContent = `${entries.length} found`
  }

  function activate(index) {
    open.active = index
    for (const [place, item] of [...open.list.children].entries()) {
      item.setAttribute('aria-selected', String(place === index))
    }
    const active = open.list.children[index]
    active.scrollIntoView({ block: 'nearest' })
    open.field.setAttribute('aria-activedescendant', active.id)
  }

  function take(index) {
    const { field, entries } = open
    close()
    choose(field, entries[index].value)
  }

  function close() {
    if (open === undefined) return
    open.list.remove()
    open.field.setAttribute('aria-expanded', 'false')
    open.field.removeAttribute('aria-controls')
    open.field.removeAttribute('aria-activedescendant')
    open = undefined
  }
}

function describe(field) {
  field.setAttribute('role', 'combobox')
  field.setAttribute('aria-autocomplete', 'list')
  if (!field.hasAttribute('aria-expanded')) field.setAttribute('aria-expanded', 'false')
}

function option(id, label, detail) {
  const item = document.createElement('li')
  item.id = id
  item.setAttribute('role', 'option')
  const more = document.createElement('span')
  more.className = 'muted'
  more.textContent = detail
  item.append(label, more)
  return item
}
