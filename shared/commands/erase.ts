import { parseArgs } from 'node:util'
import type { BillingErasure, OrderingErasure } from '../personal-data.ts'
import { CommandFailure } from './command.ts'
import { askErasure, type Apps } from './erase-target.ts'
import { count } from './output.ts'

const USAGE = `npm run erase -- --customer ID [--yes] [--ordering URL] [--billing URL]

Finds what both apps have of a customer, and with --yes erases it: the customer in the catalogue, orders and their
copies, rejections. Invoices and credit notes stay as they were issued until RETAIN_YEARS have passed.

  --customer ID    the customer's id, as it stands in their orders
  --yes            erases; without it everything is only told
  --ordering URL   ordering's address (http://localhost:8787)
  --billing URL    billing's address (http://localhost:8788)

Behind Cloudflare Access, a service token with the role operator in CF_ACCESS_CLIENT_ID and CF_ACCESS_CLIENT_SECRET.`

/** Tells what both apps have of a customer, and erases it if that was said. */
export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      customer: { type: 'string' },
      yes: { type: 'boolean', default: false },
      ordering: { type: 'string', default: 'http://localhost:8787' },
      billing: { type: 'string', default: 'http://localhost:8788' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(USAGE)
    return
  }
  if (values.customer === undefined) throw new CommandFailure(USAGE)
  const apps: Apps = { ordering: readOrigin(values.ordering), billing: readOrigin(values.billing) }
  const { customer } = values
  const found = await askBoth(apps, customer, true)
  console.log(describeFound(customer, found))
  if (found.billing.waiting.length > 0) throw new CommandFailure(describeWaiting(found.billing.waiting))
  if (!values.yes) {
    console.log('\nNothing was changed. With --yes it is erased.')
    return
  }
  const erased = await askBoth(apps, customer, false)
  console.log(`\nErased. ${describeRest(erased)}`)
}

type Found = { ordering: OrderingErasure; billing: BillingErasure }

/** Billing first: it refuses while invoices wait, and finds by what the feed will soon have overwritten. */
async function askBoth(apps: Apps, customer: string, preview: boolean): Promise<Found> {
  const billing = await askErasure<BillingErasure>(apps.billing, customer, preview)
  const ordering = await askErasure<OrderingErasure>(apps.ordering, customer, preview)
  return { ordering, billing }
}

function readOrigin(text: string): string {
  if (URL.canParse(text) && /^https?:/.test(text)) return new URL(text).origin
  throw new CommandFailure(`That is no address such as https://ordering.example.com: ${text}`)
}

function describeFound(customer: string, { ordering, billing }: Found): string {
  const drafts = ordering.drafts.length === 0 ? '' : `, ${count(ordering.drafts.length, 'draft')} of them to be deleted`
  return [
    `What there is of customer ${customer}:`,
    `  Ordering   in the catalogue: ${ordering.catalogue ? 'yes' : 'no'}`,
    `             ${count(ordering.orders.length, 'order')}${list(ordering.orders)}${drafts}`,
    `  Billing    ${count(billing.decisions.length, 'document')} that may go`,
    `             orphaned copies: ${billing.orphaned.length}${list(billing.orphaned)}`,
    `             ${count(billing.retained.length, 'document')} that must be kept`,
    ...billing.retained.map(({ issuedNumber, until }) => `               ${issuedNumber}, until ${until}`),
  ].join('\n')
}

function describeWaiting(orders: readonly number[]): string {
  return `Invoices wait for a decision or a correction${list(orders)}: decide them, or delete their orders. Then run it again.`
}

function describeRest({ ordering, billing }: Found): string {
  const copies =
    ordering.orders.length === 0 ? 'There was no order.' : 'Billing’s copies follow with the next pull, in a minute.'
  const kept = billing.retained.length
  return kept === 0
    ? copies
    : `${copies} ${count(kept, 'document')} stay as issued; run it again when their time is over.`
}

const SHOWN = 10

function list(numbers: readonly number[]): string {
  if (numbers.length === 0) return ''
  const more = numbers.length > SHOWN ? ', …' : ''
  return ` (${numbers.slice(0, SHOWN).join(', ')}${more})`
}
