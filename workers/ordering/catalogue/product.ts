import * as z from '../../../shared/zod.ts'
import { currency } from '../../../shared/contract/order.ts'
import { lineInput } from '../../../shared/contract/order-input.ts'

/** A product of the catalogue, as it is imported and stored. `unitPrice` in the currency's minor unit. */
export const product = z.lazy(() => {
  const { sku, description, unitPrice, taxPercent } = z.unwrap(lineInput).shape
  return z.strictObject({ sku, description, unitPrice, currency, taxPercent })
})

export type Product = z.infer<typeof product>
