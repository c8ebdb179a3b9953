import { Hono } from '../../../shared/edge/hono.ts'
import { searchCustomers, searchProducts } from './catalogue-store.ts'
import type { OrderingEnv } from '../edge/ordering-env.ts'
import { frameFor } from '../edge/page-context.ts'
import { CustomersPage, ProductsPage } from './catalogue-pages.tsx'

const CATALOGUE_A_PAGE = 100

/** The customers and the products that an order is made from. */
export const cataloguePages = new Hono<OrderingEnv>()
  .get('/customers', async (c) => {
    const q = c.req.query('q')?.trim() ?? ''
    const found = await searchCustomers(c.var.db, q, CATALOGUE_A_PAGE + 1)
    const shown = found.slice(0, CATALOGUE_A_PAGE)
    return c.html(<CustomersPage frame={frameFor(c)} q={q} found={shown} more={found.length > shown.length} />)
  })
  .get('/products', async (c) => {
    const q = c.req.query('q')?.trim() ?? ''
    const found = await searchProducts(c.var.db, q, CATALOGUE_A_PAGE + 1)
    const shown = found.slice(0, CATALOGUE_A_PAGE)
    return c.html(<ProductsPage frame={frameFor(c)} q={q} found={shown} more={found.length > shown.length} />)
  })
