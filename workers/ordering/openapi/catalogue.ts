import * as z from 'zod'
import { publishedOrder } from '../../../shared/contract/order.ts'
import { customerInput } from '../../../shared/contract/order-input.ts'
import { FOLDING } from '../../../shared/text/fold.ts'
import { unwrap } from '../../../shared/zod.ts'
import { describeMembers, LIMIT, nameSchema, parameter } from '../../../shared/openapi/describe.ts'
import type { Operation } from '../../../shared/openapi/operation.ts'
import { MEANINGS, orderMembers, SENT_MEANINGS } from '../../../shared/openapi/order.ts'
import { product } from '../catalogue/product.ts'
import * as examples from './examples.ts'
import { importOutcome, SAFE_TO_REPEAT } from './imports.ts'

const { currency } = orderMembers
const PRODUCT_MEANINGS = { ...MEANINGS.line, currency: SENT_MEANINGS.currency }

nameSchema(customerInput, 'CustomerInput', 'A customer as sent in.', MEANINGS.customer)
nameSchema(unwrap(customerInput).shape.address, 'AddressInput', 'An address as it is sent in.', MEANINGS.address)

nameSchema(product, 'ProductInput', 'A product as it is sent in.', PRODUCT_MEANINGS)

const orderCurrency = z
  .object({
    currency,
    origin: z
      .enum(['last-order', 'country'])
      .describe('Whether it is that of the customer’s last order, or that of their country, where there is none yet.'),
  })
  .meta({ id: 'OrderCurrency', description: 'The currency that a new order of the customer is in.' })

const foundCustomer = z
  .object({
    ...describeMembers(unwrap(publishedOrder).shape.customer.shape, MEANINGS.customer),
    orderCurrency: orderCurrency
      .nullable()
      .describe('What a new order of theirs is in; null where neither an order nor the country tells.'),
  })
  .meta({ id: 'FoundCustomer', description: 'A customer of the catalogue.' })

const customerList = z
  .object({ customers: z.array(foundCustomer).describe('Those that begin with what was asked for come first.') })
  .meta({ id: 'CustomerList', description: 'Customers of the catalogue.' })

const answeredProduct = z
  .object(describeMembers(unwrap(product).shape, PRODUCT_MEANINGS))
  .meta({ id: 'Product', description: 'A product of the catalogue.' })

const productList = z
  .object({ products: z.array(answeredProduct).describe('Those that begin with what was asked for come first.') })
  .meta({ id: 'ProductList', description: 'Products of the catalogue.' })

const Q = parameter(z.string().optional(), `A part of the name or of the id. ${FOLDING}`)

/** How customers and products are imported and found. */
export const CATALOGUE_OPERATIONS = {
  importCustomers: {
    route: 'POST /api/customers/import',
    tag: 'Catalogue',
    summary: 'Import customers',
    description: SAFE_TO_REPEAT,
    body: {
      mediaType: 'application/x-ndjson',
      schema: customerInput,
      required: false,
      example: examples.CUSTOMER,
    },
    answers: { 200: { description: 'What was done.', schema: importOutcome, example: examples.ONE_CREATED } },
    problems: [],
  },
  importProducts: {
    route: 'POST /api/products/import',
    tag: 'Catalogue',
    summary: 'Import products',
    description: 'At most 1,000 lines. Safe to repeat: what is there already is counted as unchanged.',
    body: { mediaType: 'application/x-ndjson', schema: product, required: false, example: examples.PRODUCT },
    answers: { 200: { description: 'What was done.', schema: importOutcome, example: examples.ONE_CREATED } },
    problems: [],
  },
  listCustomers: {
    route: 'GET /api/customers',
    tag: 'Catalogue',
    summary: 'Find customers',
    parameters: { query: { q: Q, limit: LIMIT } },
    answers: {
      200: { description: 'Those found.', schema: customerList, example: { customers: [examples.FOUND_CUSTOMER] } },
    },
    problems: [],
  },
  listProducts: {
    route: 'GET /api/products',
    tag: 'Catalogue',
    summary: 'Find products',
    parameters: {
      query: {
        q: Q,
        limit: LIMIT,
        currency: parameter(
          z.optional(unwrap(product).shape.currency),
          'Products in this currency come before the others, after the one with just that SKU.',
        ),
      },
    },
    answers: { 200: { description: 'Those found.', schema: productList, example: { products: [examples.PRODUCT] } } },
    problems: [],
  },
} as const satisfies Record<string, Operation>
