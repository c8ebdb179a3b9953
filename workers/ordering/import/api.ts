import { Hono } from '../../../shared/edge/hono.ts'
import { answerBodyRefusal, judgeMediaType } from '../../../shared/edge/body.ts'
import { customerInput } from '../../../shared/contract/order-input.ts'
import { type NdjsonLine, splitLines } from '../../../shared/files/ndjson.ts'
import { problemResponse } from '../../../shared/edge/problem.ts'
import { err, ok, type Result } from '../../../shared/result.ts'
import { importCatalogue } from './import-catalogue.ts'
import { saveCustomers, saveProducts } from '../catalogue/catalogue-store.ts'
import { requestContext, type OrderingEnv } from '../edge/ordering-env.ts'
import { importOrders } from './import-orders.ts'
import { product } from '../catalogue/product.ts'

const MAX_LINES = 1_000

/** The imports, below /api: NDJSON, one record a line. */
export const importApi = new Hono<OrderingEnv>()
  .post('/orders/import', async (c) => {
    const lines = await readLines(c.req.raw)
    return lines.ok ? c.json(await importOrders(requestContext(c), lines.value)) : lines.error
  })
  .post('/customers/import', async (c) => {
    const lines = await readLines(c.req.raw)
    if (!lines.ok) return lines.error
    return c.json(
      await importCatalogue(lines.value, customerInput, 'id', (customers) =>
        saveCustomers(c.var.db, customers, requestContext(c)),
      ),
    )
  })
  .post('/products/import', async (c) => {
    const lines = await readLines(c.req.raw)
    if (!lines.ok) return lines.error
    return c.json(
      await importCatalogue(lines.value, product, 'sku', (products) =>
        saveProducts(c.var.db, products, requestContext(c)),
      ),
    )
  })

/** The body's lines, or the answer that refuses them before anything is written. */
async function readLines(request: Request): Promise<Result<NdjsonLine[], Response>> {
  const judged = judgeMediaType(request, 'application/x-ndjson')
  if (!judged.ok) return err(answerBodyRefusal(judged.error))
  const lines = splitLines(new Uint8Array(await request.arrayBuffer()))
  if (lines.length <= MAX_LINES) return ok(lines)
  return err(problemResponse('too-large', `An import has at most ${MAX_LINES} lines, and this one has ${lines.length}`))
}
