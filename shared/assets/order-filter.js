// Lets a list be filtered by a customer whose name one knows: their id is filled in.

import { searchCustomers } from './catalogue-search.js'
import { suggest } from './suggest.js'

suggest(document.querySelector('.filter-bar'), '[data-suggest="customers"]', {
  search: searchCustomers,
  choose(field, customer) {
    field.value = customer.id
  },
  miss(field, code, entries = []) {
    // What is filled in is seen before it filters anything.
    if (entries.length === 1) return entries[0]
    // An order may be a customer's whom the catalogue does not have.
    if (entries.length === 0) field.form.requestSubmit()
    return undefined
  },
})
