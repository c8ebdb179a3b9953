import { expectTypeOf, it } from 'vitest'
import type * as z from 'zod'
import type { Order } from '../../shared/contract/order.ts'
import type { ImportOutcome } from '../../workers/ordering/import/import-orders.ts'
import type { importOutcome } from '../../workers/ordering/openapi/imports.ts'
import type { order } from '../../workers/ordering/openapi/orders.ts'

it('describes in the document of ordering what the work answers', () => {
  expectTypeOf<Order>().toExtend<z.output<typeof order>>()
  expectTypeOf<ImportOutcome>().toExtend<z.output<typeof importOutcome>>()
})
