// Spares the order form its round trips: rows come and go, customers and products are suggested, totals follow what is
// typed. Without this the form's buttons do the same on the server.

import { searchCustomers, searchProducts } from './catalogue-search.js'
import { unitsOf, writeFigure } from './figure-notation.js'
import { priceRows, writeMinorUnits } from './order-totals.js'
import { suggest } from './suggest.js'

const MOST_ROWS = { lines: 200, charges: 20 }
const TEMPLATE_ROW = '999'

const form = document.querySelector('[data-order-form]')
const templates = {
  lines: document.querySelector('#line-template').content,
  charges: document.querySelector('#charge-template').content,
}
const notation = JSON.parse(form.dataset.notation)
const decimalsByCurrency = new Map(
  form.dataset.decimals.split(' ').map((entry) => [entry.slice(0, 3), Number(entry.slice(4))]),
)

form.addEventListener('click', (event) => {
  const button = event.target.closest('button[name="action"]')
  if (button?.value === 'add-line') press(event, () => addRow('lines'))
  else if (button?.value === 'add-charge') press(event, () => addRow('charges'))
  else if (button?.matches('[data-remove]')) press(event, () => removeRow(button.closest('[data-row]')))
})
form.addEventListener(
  'keydown',
  (event) => {
    // Before the suggestions take the Enter.
    if (event.key !== 'Enter' || !event.altKey) return
    event.preventDefault()
    event.stopPropagation()
    form.querySelector('[value="add-line"]').click()
  },
  { capture: true },
)
form.addEventListener('input', showTotals)
form.addEventListener('change', showTotals)
addEventListener('pageshow', showTotals) // a browser that comes back here may have filled fields in again

suggest(form, '[data-suggest="customers"]', { search: searchCustomers, choose: useCustomer })
suggest(form, '[data-suggest="products"]', {
  search: (...asked) => searchProducts(priceOf, ...asked),
  choose: useProduct,
})

/** Does on the page what the button would do on the server, unless `act` says that it cannot. */
function press(event, act) {
  if (act() === false) return
  event.preventDefault()
  showTotals()
}

function rowsOf(list) {
  return [...form.querySelectorAll(`[data-rows="${list}"] > [data-row]`)]
}

function addRow(list) {
  const rows = rowsOf(list)
  if (rows.length >= MOST_ROWS[list]) return false
  const index = String(1 + Math.max(-1, ...rows.map((row) => Number(row.dataset.row))))
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
  return true
}

/** Takes a row out; the last line is emptied instead, by the server. */
function removeRow(row) {
  const { rows: list } = row.parentElement.dataset
  if (list === 'lines' && rowsOf(list).length === 1) return false
  const neighbour = row.previousElementSibling ?? row.nextElementSibling
  row.remove()
  number(list)
  const next =
    neighbour?.querySelector('input') ?? form.querySelector(`[value="add-${list === 'lines' ? 'line' : 'charge'}"]`)
  next.focus()
  return true
}

function number(list) {
  for (const [index, row] of rowsOf(list).entries()) {
    for (const text of row.querySelectorAll('legend, button .visually-hidden')) {
      text.textContent = text.textContent.replace(/\d+/, String(index + 1))
    }
  }
}

function useCustomer(field, { address, ...customer }) {
  field.value = ''
  for (const name of ['id', 'name', 'contact', 'email', 'vatId']) fill(`customer.${name}`, customer[name])
  const countries = [...form.elements['customer.address.country'].list.options]
  const country = countries.find(({ label }) => label === address.country)?.value ?? address.country
  for (const [name, value] of Object.entries({ ...address, country })) fill(`customer.address.${name}`, value)
  rowsOf('lines')[0].querySelector('input').focus()
}

/** Fills the line in; the price only where it is in the order's currency, or the order has none yet and takes it. */
function useProduct(field, product) {
  const { row } = field.closest('[data-row]').dataset
  const own = `lines.${row}.unitPrice`
  const prices = [...form.elements].filter(({ name }) => /\.(unitPrice|amount)$/.test(name) && name !== own)
  if (prices.every(({ value }) => value.trim() === '')) fill('currency', product.currency)
  const price = writeFigure(
    writeMinorUnits(BigInt(product.unitPrice), decimalsOf(product.currency)),
    'amount',
    notation,
  )
  fill(`lines.${row}.sku`, product.sku)
  fill(`lines.${row}.description`, product.description)
  fill(own, form.elements.currency.value === product.currency ? price : '')
  fill(`lines.${row}.taxPercent`, writeFigure(String(product.taxPercent), 'percentage', notation))
  const quantity = form.elements[`lines.${row}.quantity`]
  quantity.focus()
  quantity.select()
  showTotals()
}

function priceOf({ unitPrice, currency }) {
  return money(BigInt(unitPrice), currency)
}

function fill(name, value) {
  form.elements[name].value = value ?? ''
}

function decimalsOf(currency) {
  return decimalsByCurrency.get(currency) ?? 2
}

function money(minorUnits, currency) {
  const decimals = decimalsOf(currency)
  const format = new Intl.NumberFormat(form.dataset.locale, {
    style: 'currency',
    currency,
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  })
  return format.format(writeMinorUnits(minorUnits, decimals))
}

function showTotals() {
  const currency = form.elements.currency.value
  if (!/^[A-Z]{3}$/.test(currency)) return
  const lines = rowsOf('lines')
  const { nets, taxes, net, gross } = priceRows(lines.map(textsOf), rowsOf('charges').map(textsOf), {
    notation,
    decimals: decimalsOf(currency),
    units: unitsOf(currency, form.dataset.locale),
  })
  for (const [index, row] of lines.entries()) {
    row.querySelector('[data-net]').textContent = nets[index] === undefined ? '–' : money(nets[index], currency)
  }
  const percent = new Intl.NumberFormat(form.dataset.locale, { style: 'percent', maximumFractionDigits: 2 })
  const list = document.createElement('dl')
  list.className = 'document-totals'
  list.append(
    entry('Net', money(net, currency)),
    ...taxes
      .filter(({ rate }) => rate > 0n)
      .map(({ rate, base, tax }) =>
        entry(`Tax ${percent.format(Number(rate) / 10_000)} on ${money(base, currency)}`, money(tax, currency)),
      ),
    entry('Total', money(gross, currency), 'document-gross'),
  )
  form.querySelector('[data-totals]').replaceChildren(list)
}

/** A row's texts by the last part of each field's name. */
function textsOf(row) {
  return Object.fromEntries(
    [...row.querySelectorAll('input')].map(({ name, value }) => [name.split('.').at(-1), value]),
  )
}

function entry(term, figure, className = '') {
  const group = document.createElement('div')
  group.className = className
  const name = document.createElement('dt')
  name.textContent = term
  const value = document.createElement('dd')
  value.className = 'money'
  value.textContent = figure
  group.append(name, value)
  return group
}
