import { fold, searchable } from '../../../shared/text/fold.ts'
import type { PublishedOrder } from '../../../shared/contract/order.ts'

/** What an order and its invoice are searched in: the customer's name, a line break that no search has, the external id. */
export function searchedIn({ customer, externalId }: Pick<PublishedOrder, 'customer' | 'externalId'>): string {
  return `${searchable(customer.name)}\n${externalId === null ? '' : searchable(externalId)}`
}

/** A search that has a letter to look for; undefined otherwise. */
export function meantSearch(q: string): string | undefined {
  const trimmed = q.trim()
  return fold(trimmed) === '' ? undefined : trimmed
}
