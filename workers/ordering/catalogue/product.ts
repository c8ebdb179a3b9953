import * as z from '../../../shared/zod.ts'
import { lineInput } from '../../../shared/contract/order-input.ts'
import { isCurrency } from '../../../shared/money/currency.ts'

/** A product of the catalogue, as it is imported and stored. `unitPrice` in the currency's minor unit. */
export const product = z.strictObject({
  sku: lineInput.shape.sku,
  description: lineInput.shape.description,
  unitPrice: lineInput.shape.unitPrice,
  currency: z.string().check(z.refine(isCurrency, 'Must be a currency of ISO 4217, such as EUR')),
  taxPercent: lineInput.shape.taxPercent,
})

export type Product = z.infer<typeof product>
