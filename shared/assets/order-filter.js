// Lets a list be filtered by a customer whose name one knows: their id is filled in.

import { searchCustomers } from './catalogue-search.js'
import { suggest } from './suggest.js'

suggest(document.querySelector('.filter-bar'), '[data-suggest="customers"]', {
  search: searchCustomers,
  choose(field, customer) {
    field.value = customer.id
  },
})
