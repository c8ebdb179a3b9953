// The order's currency on the page: it comes from the customer until a clerk has chosen one or has entered prices, and
// where there are prices, a change of it is asked about first. What becomes of them is the server's to say.

/**
 * @param form the order form
 * @param changed what happens once the prices are in another currency than before: called with that currency
 */
export function currencyOf(form, changed) {
  const { currency: select, currencyShown, pricesShown, currencyFrom } = form.elements
  const note = form.querySelector('[data-currency-note]')
  const slot = form.querySelector('[data-currency-slot]')
  const notes = JSON.parse(note.dataset.notes)
  let question // the question on its way

  select.addEventListener('change', () => {
    if (select.value === currencyShown.value) stay()
    else if (isPriced()) void ask()
    else settle(select.value, 'chosen')
  })
  form.addEventListener('input', () => {
    // With the last price goes the question what becomes of it.
    if (select.value !== currencyShown.value && !isPriced()) settle(select.value, 'chosen')
  })

  function isPriced() {
    return [...form.elements].some(
      ({ name, value }) => /^(lines|charges)\..*\.(unitPrice|amount)$/.test(name) && value.trim() !== '',
    )
  }

  function settle(currency, origin) {
    question?.abort()
    select.value = currency
    currencyShown.value = currency
    currencyFrom.value = origin
    note.textContent = notes[origin]
    slot.replaceChildren()
    changed(currency)
  }

  function stay() {
    question?.abort()
    slot.replaceChildren()
  }

  /** Shows the question as the server's page has it. Without an answer, saving asks. */
  async function ask() {
    question?.abort()
    const controller = new AbortController()
    question = controller
    pricesShown.value = 'yes'
    const body = new URLSearchParams(new FormData(form))
    body.set('action', 'update')
    try {
      // Not form.action: that is its buttons, which have this name.
      const response = await fetch(form.getAttribute('action'), { method: 'POST', body, signal: controller.signal })
      const page = new DOMParser().parseFromString(await response.text(), 'text/html')
      const asked = page.querySelector('[data-currency-question]')
      if (question === controller && !controller.signal.aborted && asked !== null) slot.replaceChildren(asked)
    } catch {
      // It is asked when the form is saved.
    }
  }

  return {
    /** The currency that the prices are in. */
    current: () => currencyShown.value,
    /** Takes the customer's currency, unless one was chosen or there are prices. */
    follow(orderCurrency) {
      if (orderCurrency === null || currencyFrom.value === 'chosen' || isPriced()) return
      settle(orderCurrency.currency, orderCurrency.origin)
    },
  }
}
