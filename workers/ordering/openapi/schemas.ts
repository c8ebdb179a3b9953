import * as z from 'zod'
import { ANSWERED, FIELDS, order, orderParts } from '../../../shared/openapi/order.ts'
import {
  chargeInput,
  customerInput,
  feedBatch,
  importedOrder,
  lineInput,
  orderInput,
} from '../../../shared/contract/order.ts'
import { PROBLEM_SCHEMA } from '../../../shared/openapi/problems.ts'
import type { Component } from '../../../shared/openapi/schemas.ts'
import type { ProblemDetails } from '../../../shared/edge/problem.ts'
import { republishInput, republishOutcome } from '../feed/republish-input.ts'
import { product } from '../catalogue/product.ts'

/** A page of the list of orders. */
export const orderList = z.object({ orders: z.array(order), next: z.nullable(orderParts.number) })
const billingNotice = z.looseObject({
  kind: z.enum(['approved', 'rejected', 'credited', 'quarantined', 'released']),
  receivedAt: order.shape.updatedAt,
})
/** An order with billing's notices of it. */
export const shownOrder = z.object({ ...order.shape, billing: z.array(billingNotice).exactOptional() })
/** A page of the feed. */
export const answeredFeedBatch = z.object({ ...feedBatch.shape, orders: z.array(order), schema: z.int() })
const orderCurrency = z.object({ currency: order.shape.currency, origin: z.enum(['last-order', 'country']) })
const foundCustomer = z.object({ ...orderParts.customer.shape, orderCurrency: z.nullable(orderCurrency) })
/** Customers that were found. */
export const customerList = z.object({ customers: z.array(foundCustomer) })
/** A product as it is answered. */
const answeredProduct = z.object(product.shape)
/** Products that were found. */
export const productList = z.object({ products: z.array(answeredProduct) })
const failedLine = z.object({
  line: z.int(),
  externalId: z.string().nullable(),
  problem: PROBLEM_SCHEMA.schema as z.ZodType<ProblemDetails>,
})
/** What an import has done. */
export const importOutcome = z.object({
  created: z.int(),
  changed: z.int(),
  unchanged: z.int(),
  failed: z.array(failedLine),
})

const NEXT = 'Send it as `after` to go on; null at the end.'
const INPUT_FIELDS = {
  ...FIELDS.order,
  externalId: 'The id in the system that the order comes from; unique. Left out, it stays as it is.',
  placedAt: 'When the customer placed it. UTC, ending in Z. Left out, it is now, or stays as it is.',
}

/** The schemas of ordering's API, by their names in the document. */
export const COMPONENTS: Record<string, Component> = {
  OrderInput: {
    schema: orderInput,
    description: 'An order as it is sent in. An unknown member is refused. It comes to at most 1e15 minor units.',
    fields: INPUT_FIELDS,
    sent: true,
  },
  ImportedOrder: {
    schema: importedOrder,
    description: 'One line of an import: an order with the id that it has where it comes from.',
    fields: { ...INPUT_FIELDS, state: 'Confirmed: it goes to billing at once. An import never un-confirms.' },
    sent: true,
  },
  CustomerInput: { schema: customerInput, description: 'A customer as sent in.', fields: FIELDS.customer, sent: true },
  AddressInput: {
    schema: customerInput.shape.address,
    description: 'An address as it is sent in.',
    fields: FIELDS.address,
    sent: true,
  },
  LineInput: { schema: lineInput, description: 'One line as it is sent in.', fields: FIELDS.line, sent: true },
  ChargeInput: { schema: chargeInput, description: 'A charge as it is sent in.', fields: FIELDS.charge, sent: true },
  ProductInput: {
    schema: product,
    description: 'A product as it is sent in.',
    fields: { ...FIELDS.line, currency: FIELDS.order.currency },
    sent: true,
  },
  ...ANSWERED,
  Order: { schema: order, description: 'An order.', fields: FIELDS.order },
  ShownOrder: {
    schema: shownOrder,
    description: 'An order with what billing has reported of it.',
    fields: {
      ...FIELDS.order,
      billing: 'What billing has reported of the order; left out while it has reported nothing.',
    },
  },
  BillingNotice: {
    schema: billingNotice,
    description: 'Something that billing has reported of an order; each kind has members of its own.',
    fields: { kind: 'What happened in billing.', receivedAt: 'When ordering received the notice.' },
  },
  OrderList: {
    schema: orderList,
    description: 'Orders, the highest number first.',
    fields: { orders: 'Deleted ones are never among them.', next: NEXT },
  },
  FeedBatch: {
    schema: answeredFeedBatch,
    description: 'A page of the feed: orders that were ever confirmed and have changed, in the order of their numbers.',
    fields: {
      orders: 'Each in its latest content, each once; Deleted ones too.',
      next: 'Send it as `after` to go on. Keep it with what you have stored.',
      more: 'Something comes after this page. Only this tells the end: a page may be short.',
      schema: 'The shape of the feed; raised when its readers have to know.',
      epoch: 'The history of the feed. Another one means that ordering was restored from a backup.',
    },
  },
  RepublishInput: {
    schema: republishInput,
    description: 'Which orders to republish.',
    fields: { after: 'Those after this number.', limit: 'How many at most.' },
    sent: true,
  },
  RepublishOutcome: {
    schema: republishOutcome,
    description: 'What was republished.',
    fields: { republished: 'How many orders.', next: 'Send it as `after` to continue; null at the end.' },
  },
  OrderCurrency: {
    schema: orderCurrency,
    description: 'The currency that a new order of the customer is in.',
    fields: {
      currency: FIELDS.order.currency,
      origin: 'Whether it is that of the customer’s last order, or that of their country, where there is none yet.',
    },
  },
  FoundCustomer: {
    schema: foundCustomer,
    description: 'A customer of the catalogue.',
    fields: {
      ...FIELDS.customer,
      orderCurrency: 'What a new order of theirs is in; null where neither an order nor the country tells.',
    },
  },
  CustomerList: {
    schema: customerList,
    description: 'Customers of the catalogue.',
    fields: { customers: 'Those that begin with what was asked for come first.' },
  },
  Product: {
    schema: answeredProduct,
    description: 'A product of the catalogue.',
    fields: { ...FIELDS.line, currency: FIELDS.order.currency },
  },
  ProductList: {
    schema: productList,
    description: 'Products of the catalogue.',
    fields: { products: 'Those that begin with what was asked for come first.' },
  },
  FailedLine: {
    schema: failedLine,
    description: 'A line of an import that was refused. The others are done all the same.',
    fields: {
      line: 'Its place in the body, from 1.',
      externalId: 'The id of its record, if it could be read.',
      problem: 'Why it was refused.',
    },
  },
  ImportOutcome: {
    schema: importOutcome,
    description: 'What an import has done. Sent again, it changes nothing more.',
    fields: {
      created: 'Lines that made a record.',
      changed: 'Lines that changed one.',
      unchanged: 'Lines whose record is as they say, or that were imported before.',
      failed: 'Lines that were refused.',
    },
  },
}
