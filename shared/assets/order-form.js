// Spares the order form its round trips: rows come and go, customers and products are suggested, totals follow what is
// typed. Without this the form's buttons do the same on the server.

import { searchCustomers, searchProducts } from './catalogue-search.js'
import { unitsOf, writeFigure } from './typed-figure.js'
import { currencyOf } from './order-currency.js'
import { isTyped, rowsIn, textsOf } from './order-rows.js'
import { describeTotal, priceRows, writeMinorUnits } from './order-totals.js'
import { watchScanner } from './scanner.js'
import { isolated, suggest } from './suggest.js'

const UNANSWERED = 'The catalogue does not answer. Press Enter to try again.'
const MOST_QUANTITY = 1_000_000

const form = document.querySelector('[data-order-form]')
const notation = JSON.parse(form.dataset.notation)
const decimalsByCurrency = new Map(
  form.dataset.decimals.split(' ').map((entry) => [entry.slice(0, 3), Number(entry.slice(4))]),
)
const rows = rowsIn(form)
const currency = currencyOf(form, repriceProducts)
const products = new WeakMap() // row → the product that was chosen in it
const figures = new WeakMap() // row → the quantity that its code was typed in, and may have been meant for

form.addEventListener('click', (event) => {
  const button = event.target.closest('button[name="action"]')
  if (button === null) return
  if (button.value === 'add-line') press(event, () => rows.add('lines') !== undefined)
  if (button.value === 'add-charge') press(event, () => rows.add('charges') !== undefined)
  if (button.matches('[data-remove]')) press(event, () => rows.remove(button.closest('[data-row]')))
  if (button.value === 'put-back') {
    press(event, () => rows.putBack(button.closest('[data-removed]').dataset.removed))
  }
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

suggest(form, '[data-suggest="customers"]', {
  search: searchCustomers,
  remember: () => remember(customerFields()),
  choose: useCustomer,
  miss(field, id, entries) {
    say('[data-customer-note]', ...(entries === undefined ? [UNANSWERED] : missedCustomer(id, entries)))
  },
  ahead: () => nextBlankLine().querySelector('input').focus(),
})
const productSuggestions = suggest(form, '[data-suggest="products"]', {
  search: (...asked) => searchProducts({ currency: currency.current(), writePrice: priceOf }, ...asked),
  remember: (field) => remember(productFields(field)),
  choose: useProduct,
  miss: missProduct,
  ahead: (field) => focusQuantity(field.closest('[data-row]')),
})
watchScanner(form, 'input[name$=".quantity"]', landScan)
form.addEventListener('input', ({ target }) => {
  if (target.matches('[data-suggest="products"]')) noteOf(target).textContent = ''
  if (target.matches('[data-suggest="customers"]')) say('[data-customer-note]', '')
})

/** Does on the page what the button would do on the server, unless `act` says that it cannot. */
function press(event, act) {
  if (act() === false) return
  event.preventDefault()
  showTotals()
}

function useCustomer(field, customer, before) {
  const wasHere = document.activeElement === field
  field.value = ''
  say('[data-customer-note]', '')
  for (const name of customerFields()) fillIn(name, customerText(customer, name), before)
  currency.follow(customer.orderCurrency)
  if (wasHere) rows.of('lines')[0].querySelector('input').focus()
  showTotals()
}

/** What the field of this name says of the customer: a country by its name, as the page does. */
function customerText(customer, name) {
  const [, ...path] = name.split('.')
  const text = path.reduce((part, key) => part?.[key], customer)
  if (name !== 'customer.address.country') return text
  return [...form.elements[name].list.options].find(({ label }) => label === text)?.value ?? text
}

function customerFields() {
  return [...form.elements].map(({ name }) => name).filter((name) => name.startsWith('customer.'))
}

function missedCustomer(id, entries) {
  if (entries.length === 0) return ['No customer matches “', isolated(id), '”. Fill in the fields below.']
  const advice = '”. Choose one of the matches, or fill in the fields below.'
  return ['No customer has the ID “', isolated(id), advice]
}

/** Fills the line in; the price only where it is in the order's currency, which a product never changes. */
function useProduct(field, product, before) {
  const row = field.closest('[data-row]')
  const [description, unitPrice, taxPercent] = productFields(field)
  const wasHere = document.activeElement === field
  field.value = product.sku
  products.set(row, product)
  fillIn(description, product.description, before)
  fillIn(unitPrice, priceIn(currency.current(), product), before)
  fillIn(taxPercent, writeFigure(String(product.taxPercent), 'percentage', notation), before)
  notePrice(row, product)
  if (wasHere) focusQuantity(row)
  showTotals()
}

function productFields(field) {
  const { row } = field.closest('[data-row]').dataset
  return ['description', 'unitPrice', 'taxPercent'].map((part) => `lines.${row}.${part}`)
}

function priceIn(orderCurrency, product) {
  if (product.currency !== orderCurrency) return ''
  return writeFigure(writeMinorUnits(BigInt(product.unitPrice), decimalsOf(product.currency)), 'amount', notation)
}

/** Says why a line has no price yet. */
function notePrice(row, product) {
  const own = currency.current()
  noteOf(row).textContent =
    product.currency === own
      ? ''
      : `The catalogue has its price in ${product.currency}: ${priceOf(product)}. ` +
        `This order is in ${own}: enter the price in ${own}.`
}

/** Once the order is in another currency: prices that the catalogue has in it, where none was entered. */
function repriceProducts(orderCurrency) {
  for (const row of rows.of('lines')) {
    const product = products.get(row)
    const { sku, unitPrice } = textsOf(row)
    if (product === undefined || product.sku !== sku) continue
    if (unitPrice.trim() === '') {
      form.elements[`lines.${row.dataset.row}.unitPrice`].value = priceIn(orderCurrency, product)
    }
    notePrice(row, product)
  }
}

/** No product has the code: the line says so, and that is all, unless it was a quantity that looked like a code. */
function missProduct(field, code, entries) {
  const row = field.closest('[data-row]')
  if (entries === undefined) {
    noteOf(row).textContent = UNANSWERED
    return
  }
  if (wasQuantity(row, code)) return
  const choice = entries.length > 0 ? 'Choose one of the matches, or fill in' : 'Fill in'
  noteOf(row).replaceChildren('No product has the code “', isolated(code), `”. ${choice} the line yourself.`)
}

/**
 * What a scanner typed into a quantity goes into a line of its own, and the quantity is what it was. The focus is in the
 * new line's quantity at once: the next code follows in a moment.
 */
function landScan(quantity, code, before) {
  quantity.value = before
  const row = nextBlankLine()
  const field = row.querySelector('[data-suggest="products"]')
  if (/^[1-9]/.test(code) && Number(code) <= MOST_QUANTITY) figures.set(row, { quantity, code })
  field.value = code
  void productSuggestions.take(field)
  focusQuantity(row)
  showTotals()
}

/**
 * Puts a figure back into the quantity that it was typed in, where no product has it for a code, and does what Enter does
 * there. False where the line that was made of it is in use already.
 */
function wasQuantity(row, code) {
  const figure = figures.get(row)
  figures.delete(row)
  const { sku, description, unitPrice, quantity } = textsOf(row)
  const inUse = sku !== code || description + unitPrice !== '' || quantity !== figure?.quantity.defaultValue
  if (figure?.code !== code || inUse || !figure.quantity.isConnected) return false
  row.remove()
  rows.number('lines')
  figure.quantity.value = code
  figure.quantity.focus()
  showTotals()
  form.requestSubmit(form.querySelector('[value="enter"]'))
  return true
}

/** The first line in which nothing is typed, or one more. */
function nextBlankLine() {
  return rows.of('lines').find((row) => !isTyped(row)) ?? rows.add('lines') ?? rows.of('lines').at(-1)
}

function focusQuantity(row) {
  const quantity = form.elements[`lines.${row.dataset.row}.quantity`]
  quantity.focus()
  quantity.select()
}

function noteOf(element) {
  return element.closest('[data-row]').querySelector('[data-note]')
}

function say(selector, ...content) {
  form.querySelector(selector).replaceChildren(...content)
}

/** The texts of fields by their names, so that what is typed in them since is seen. */
function remember(names) {
  return new Map(names.map((name) => [name, form.elements[name].value]))
}

/** Fills a field in, unless it was typed in since its text was remembered. */
function fillIn(name, value, before) {
  const field = form.elements[name]
  if (field.value === before.get(name)) field.value = value ?? ''
}

function priceOf({ unitPrice, currency }) {
  return money(BigInt(unitPrice), currency)
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
  const own = currency.current()
  if (!/^[A-Z]{3}$/.test(own)) return
  const lines = rows.of('lines')
  const typed = { lines: lines.map(textsOf), charges: rows.of('charges').map(textsOf) }
  const prices = priceRows(typed.lines, typed.charges, {
    notation,
    decimals: decimalsOf(own),
    units: unitsOf(own, form.dataset.locale),
  })
  const { nets, taxes, net, gross } = prices
  for (const [index, row] of lines.entries()) {
    row.querySelector('[data-net]').textContent = nets[index] === undefined ? '–' : money(nets[index], own)
  }
  const percent = new Intl.NumberFormat(form.dataset.locale, { style: 'percent', maximumFractionDigits: 2 })
  const list = document.createElement('dl')
  list.className = 'document-totals'
  list.append(
    entry('Net', money(net, own)),
    ...taxes.map(({ rate, base, tax }) =>
      entry(`Tax ${percent.format(Number(rate) / 10_000)} on ${money(base, own)}`, money(tax, own)),
    ),
    entry(describeTotal(typed, prices), money(gross, own), 'document-gross'),
  )
  form.querySelector('[data-totals]').replaceChildren(list)
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
