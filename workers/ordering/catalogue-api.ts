import { Hono } from '../../shared/hono.ts'
import { validCatalogueQuery } from './api-query.ts'
import { searchCustomers, searchProducts } from './catalogue-store.ts'
import type { OrderingEnv } from './context.ts'

/** What an order is made from, for programs and for the order form: below /api. */
export const catalogueApi = new Hono<OrderingEnv>()
  .get('/customers', validCatalogueQuery, async (c) => {
    const { q, limit } = c.req.valid('query')
    return c.json({ customers: await searchCustomers(c.var.db, q, limit) })
  })
  .get('/products', validCatalogueQuery, async (c) => {
    const { q, limit } = c.req.valid('query')
    return c.json({ products: await searchProducts(c.var.db, q, limit) })
  })
