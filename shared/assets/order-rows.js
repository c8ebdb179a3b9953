// The rows of the order form, which come, go and come back on the page.

const MOST_ROWS = { lines: 200, charges: 20 }
const TEMPLATE_ROW = '999'

/** @param form the order form; its rows are in elements with data-rows, each with data-row */
export function rowsIn(form) {
  const templates = {
    lines: document.querySelector('#line-template').content,
    charges: document.querySelector('#charge-template').content,
  }
  const removed = {} // list → { row, place } that was taken out last

  function of(list) {
    return [...form.querySelectorAll(`[data-rows="${list}"] > [data-row]`)]
  }

  /** A row more, which has the focus; undefined where there are as many as an order may have. */
  function add(list) {
    const rows = of(list)
    if (rows.length >= MOST_ROWS[list]) return undefined
    const taken = removed[list] === undefined ? rows : [...rows, removed[list].row]
    const index = String(1 + Math.max(-1, ...taken.map((row) => Number(row.dataset.row))))
    const row = templates[list].cloneNode(true).querySelector('[data-row]')
    row.dataset.row = index
    for (const element of row.querySelectorAll('*')) {
      for (const name of ['id', 'for', 'name', 'value', 'aria-describedby']) {
        const text = element.getAttribute(name)
        if (text?.includes(TEMPLATE_ROW)) element.setAttribute(name, text.replaceAll(TEMPLATE_ROW, index))
      }
    }
    form.querySelector(`[data-rows="${list}"]`).append(row)
    number(list)
    row.querySelector('input').focus()
    return row
  }

  /** Takes a row out. False for the last line, which the server empties instead. */
  function remove(row) {
    const { rows: list } = row.parentElement.dataset
    if (list === 'lines' && of(list).length === 1) return false
    const neighbour = row.previousElementSibling ?? row.nextElementSibling
    const place = of(list).indexOf(row)
    row.remove()
    if (isTyped(row)) offerBack(list, { row, place })
    number(list)
    const next =
      neighbour?.querySelector('input') ?? form.querySelector(`[value="add-${list === 'lines' ? 'line' : 'charge'}"]`)
    next.focus()
    return true
  }

  function offerBack(list, taken) {
    removed[list] = taken
    const offer = form.querySelector(`[data-removed="${list}"]`)
    for (const input of offer.querySelectorAll('input')) input.remove() // what the server took out before
    offer.hidden = false
    const name = list === 'lines' ? 'Line' : 'Charge'
    offer.querySelector('[role="status"]').textContent = `${name} ${taken.place + 1} was removed.`
  }

  /** Puts back the row that was taken out here. False where there is none: the server knows what it took out itself. */
  function putBack(list) {
    const taken = removed[list]
    if (taken === undefined) return false
    removed[list] = undefined
    form.querySelector(`[data-removed="${list}"]`).hidden = true
    const rows = of(list)
    if (rows[taken.place] === undefined) form.querySelector(`[data-rows="${list}"]`).append(taken.row)
    else rows[taken.place].before(taken.row)
    number(list)
    taken.row.querySelector('input').focus()
    return true
  }

  function number(list) {
    for (const [index, row] of of(list).entries()) {
      for (const text of row.querySelectorAll('legend, button .visually-hidden')) {
        text.textContent = text.textContent.replace(/\d+/, String(index + 1))
      }
    }
  }

  return { of, add, remove, putBack, number }
}

/** A row's texts by the last part of each field's name. */
export function textsOf(row) {
  return Object.fromEntries(
    [...row.querySelectorAll('input')].map(({ name, value }) => [name.split('.').at(-1), value]),
  )
}

/** Whether anything was typed in the row that makes a line or a charge of it. */
export function isTyped(row) {
  const { sku = '', description, unitPrice = '', amount = '' } = textsOf(row)
  return (sku + description + unitPrice + amount).trim() !== ''
}
