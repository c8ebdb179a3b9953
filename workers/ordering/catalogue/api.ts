import { Hono } from '../../../shared/edge/hono.ts'
import { validCatalogueQuery, validProductQuery } from '../edge/api-query.ts'
import { searchCustomersWithCurrency, searchProducts } from './catalogue-store.ts'
import type { OrderingEnv } from '../edge/ordering-env.ts'
import { currencyOfCustomer } from './usual-currency.ts'

/** What an order is made from, for programs and for the order form: below /api. */
export const catalogueApi = new Hono<OrderingEnv>()
  .get('/customers', validCatalogueQuery, async (c) => {
    const { q, limit } = c.req.valid('query')
    const found = await searchCustomersWithCurrency(c.var.db, q, limit)
    const customers = found.map(({ customer, lastCurrency }) => {
      return { ...customer, orderCurrency: currencyOfCustomer(customer, lastCurrency) ?? null }
    })
    return c.json({ customers })
  })
  .get('/products', validProductQuery, async (c) => {
    const { q, limit, currency } = c.req.valid('query')
    return c.json({ products: await searchProducts(c.var.db, q, limit, currency) })
  })
