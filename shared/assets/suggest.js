// Suggestions while one types, as a combobox with a list (ARIA Authoring Practices, "Combobox with list autocomplete").
// Enter takes the entry whose code is just what was typed, or the one that was chosen with the arrow keys or the
// pointer; never the first of a list that nobody has chosen from. Escape and Tab leave what was typed.

import { exactMatch } from './exact-code.js'

const PAUSE_MS = 120
const MOST = 8

/**
 * Makes the fields in `root` that match `selector` suggest, those that are added later as well.
 * @param search what is typed to the list's entries: `{ code, label, detail, value }`, the detail in parts; undefined
 *   if nothing answers
 * @param remember what a choice will fill in, as it is when Enter asks: it is handed to `choose`, however late that is
 * @param choose what happens to a field whose entry was chosen: (field, value, remembered)
 * @param miss what happens where no entry has the code: (field, code, entries); entries undefined if nothing answered.
 *   It may return an entry to take all the same
 * @param ahead moves the focus on for what is typed before the answer is there; left out, it is typed where it was
 * @returns `take`, which looks the text of a field up as Enter does
 */
export function suggest(root, selector, { search, remember = () => new Map(), choose, miss, ahead = () => {} }) {
  let open // the list that is shown: { field, list, entries, active, byKeys }
  let asked // the search for suggestions on its way: { field, controller }
  let answer // the last suggestions: { field, entries }
  let pause
  const typed = new WeakSet() // fields whose text is not what was chosen last
  const taken = new Map() // what Enter has asked for: field → { text, remembered, controller }
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
    typed.add(target)
    // What comes late must not overwrite what was typed since.
    taken.get(target)?.controller.abort()
    taken.delete(target)
    answer = undefined
    forget()
    const text = codeOf(target)
    if (text === '') return
    asked = { field: target, controller: new AbortController() }
    pause = setTimeout(ask, PAUSE_MS, asked, text)
  })
  root.addEventListener('keydown', (event) => {
    if (!event.target.matches(selector) || event.isComposing) return
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'Enter') enter(event)
    else if (open !== undefined) move(event)
    // A scanner is at its next code before the answer is there.
    if (event.key.length === 1 && taken.has(event.target)) ahead(event.target)
  })
  root.addEventListener('focusout', ({ target }) => {
    if (target.matches(selector)) forget()
  })

  async function ask(question, text) {
    const entries = await search(text, MOST, question.controller.signal)
    if (question.controller.signal.aborted || asked !== question) return
    asked = undefined
    if (entries === undefined) return
    answer = { field: question.field, entries }
    if (entries.length === 0) status.textContent = 'Nothing found'
    else show(question.field, entries)
  }

  function enter(event) {
    const field = event.target
    const text = codeOf(field)
    if (text === '' || !typed.has(field)) {
      if (field.type === 'search') event.preventDefault()
      return
    }
    event.preventDefault()
    if (taken.has(field)) return
    const chosen = open?.entries[open.active]
    if (chosen !== undefined && open.byKeys) pick(field, chosen, remember(field))
    else if (answer?.field === field) settle(field, text, answer.entries, remember(field))
    else void take(field)
  }

  async function take(field) {
    const lookup = { remembered: remember(field), controller: new AbortController() }
    const text = codeOf(field)
    forget()
    typed.add(field)
    taken.set(field, lookup)
    const entries = await search(text, MOST, lookup.controller.signal)
    if (taken.get(field) !== lookup) return
    taken.delete(field)
    if (field.isConnected) settle(field, text, entries, lookup.remembered)
  }

  function settle(field, text, entries, remembered) {
    const entry =
      entries &&
      (exactMatch(entries, ({ code }) => code, text) ?? (open?.field === field ? entries[open.active] : undefined))
    if (entry !== undefined) {
      pick(field, entry, remembered)
      return
    }
    if (entries !== undefined && entries.length > 0 && document.activeElement === field) {
      answer = { field, entries }
      if (open === undefined) show(field, entries)
    }
    const other = miss(field, text, entries)
    if (other !== undefined) pick(field, other, remembered)
  }

  function pick(field, entry, remembered) {
    close()
    typed.delete(field)
    choose(field, entry.value, remembered)
  }

  function move(event) {
    switch (event.key) {
      case 'ArrowDown':
        activate(open.active + 1 < open.entries.length ? open.active + 1 : 0, true)
        break
      case 'ArrowUp':
        activate(open.active > 0 ? open.active - 1 : open.entries.length - 1, true)
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
      const entry = entries[placeOf(event)]
      if (entry !== undefined) pick(field, entry, remember(field))
    })
    list.addEventListener('pointermove', (event) => {
      // A list that comes up below a resting pointer was not pointed at.
      const moved = event.movementX !== 0 || event.movementY !== 0
      if (moved && open?.list === list) activate(placeOf(event), false)
    })
    list.addEventListener('pointerleave', () => {
      if (open?.list === list && !open.byKeys) activate(-1, false)
    })
    field.closest('.suggests').append(list)
    field.setAttribute('aria-expanded', 'true')
    field.setAttribute('aria-controls', list.id)
    open = { field, list, entries, active: -1, byKeys: false }
    status.textContent = `${entries.length} found`
  }

  /** @param byKeys whether the arrow keys chose it: then Enter takes it, whatever was typed */
  function activate(index, byKeys) {
    open.active = index
    open.byKeys = byKeys
    for (const [place, item] of [...open.list.children].entries()) {
      item.setAttribute('aria-selected', String(place === index))
    }
    const active = open.list.children[index]
    if (active === undefined) {
      open.field.removeAttribute('aria-activedescendant')
      return
    }
    if (byKeys) active.scrollIntoView({ block: 'nearest' })
    open.field.setAttribute('aria-activedescendant', active.id)
  }

  /** Ends the search for suggestions and their list; what Enter has asked for goes on. */
  function forget() {
    clearTimeout(pause)
    asked?.controller.abort()
    asked = undefined
    close()
  }

  function close() {
    if (open === undefined) return
    open.list.remove()
    open.field.setAttribute('aria-expanded', 'false')
    open.field.removeAttribute('aria-controls')
    open.field.removeAttribute('aria-activedescendant')
    open = undefined
  }

  return { take }
}

/** A field's text as codes are compared. */
function codeOf(field) {
  return field.value.normalize('NFC').trim()
}

function placeOf(event) {
  return [...event.currentTarget.children].indexOf(event.target.closest('li'))
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
  // What was typed is isolated: Hebrew in a name must not turn the price beside it.
  more.append(...detail.flatMap((text, index) => (index === 0 ? [isolated(text)] : [' · ', isolated(text)])))
  item.append(isolated(label), more)
  return item
}

/** Words that somebody typed, to be put among those of the page, which they turn nothing in. */
export function isolated(text) {
  const element = document.createElement('bdi')
  element.textContent = text
  return element
}
