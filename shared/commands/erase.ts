import type { Erasure } from '../contract/personal-data.ts'
import { readAddress } from './support/arguments.ts'
import { CommandFailure, defineCommand } from './support/command.ts'
import { askApp, describeRefusal } from './support/app-client.ts'
import { count } from './support/output.ts'

const USAGE = `npm run erase -- --customer ID [--yes] [--billing URL]

Finds what both apps have of a customer, and with --yes erases it: the customer in the catalogue, orders and their
copies, rejections. Invoices and credit notes are retained as issued until RETAIN_YEARS have passed. It asks billing's
API, which erases in both apps; it is safe to repeat.

  --customer ID    the customer's id, as their orders have it
  --yes            erases; without it, it only reports what there is
  --billing URL    billing's address (http://localhost:8788)

Behind Cloudflare Access, a service token with the role operator in CF_ACCESS_CLIENT_ID and CF_ACCESS_CLIENT_SECRET.`

/** Reports what both apps have of a customer, and erases it if that was said. */
export const command = defineCommand({
  usage: USAGE,
  options: {
    customer: { type: 'string' },
    yes: { type: 'boolean', default: false },
    billing: { type: 'string', default: 'http://localhost:8788' },
  },
  async act(values) {
    if (values.customer === undefined) throw new CommandFailure(USAGE)
    await eraseCustomer(readAddress('--billing', values.billing), values.customer, values.yes, console.log)
  },
})

/**
 * Reports what both apps have of the customer, and erases it unless `yes` is false. Throws a CommandFailure, with nothing
 * erased, while invoices are to be decided, corrected or made.
 */
export async function eraseCustomer(
  billing: string,
  customer: string,
  yes: boolean,
  say: (text: string) => void,
): Promise<void> {
  const found = await askErasure(billing, customer, true)
  say(describeFound(customer, found))
  if (found.waiting.length > 0) throw new CommandFailure(describeWaiting(found.waiting))
  if (!yes) {
    say('\nNothing was changed. With --yes it is erased.')
    return
  }
  const { retained } = await askErasure(billing, customer, false)
  const kept = retained.length === 1 ? '1 document is retained' : `${count(retained.length, 'document')} are retained`
  say(`\nErased.${retained.length === 0 ? '' : ` ${kept} as issued; run it again when their time is over.`}`)
}

/** Has billing find a customer's data in both apps, or erase it. Throws a CommandFailure if it refuses or does not answer. */
async function askErasure(origin: string, customer: string, preview: boolean): Promise<Erasure> {
  const answer = await askApp(origin, 'POST', '/api/personal-data/erase', { customer, preview })
  if (answer.status !== 200) throw new CommandFailure(`${origin} refuses: ${describeRefusal(answer)}`)
  return answer.body as Erasure
}

function describeFound(customer: string, found: Erasure): string {
  const drafts = found.drafts.length === 0 ? '' : `, ${count(found.drafts.length, 'draft')} of them to be deleted`
  return [
    `What there is of customer ${customer}:`,
    `  Ordering   in the catalogue: ${found.catalogue ? 'yes' : 'no'}`,
    `             ${count(found.orders.length, 'order')}${list(found.orders)}${drafts}`,
    `  Billing    ${count(found.decisions.length, 'document')} that may go`,
    `             orphaned copies: ${found.orphaned.length}${list(found.orphaned)}`,
    `             ${count(found.retained.length, 'document')} that must be kept`,
    ...found.retained.map(({ issuedNumber, until }) => `               ${issuedNumber}, until ${until}`),
  ].join('\n')
}

function describeWaiting(orders: readonly number[]): string {
  return (
    `Invoices are still to be decided, corrected or made for orders${list(orders)}. Decide them, or delete their ` +
    'orders; an invoice that is not there yet comes with the next pull. Then run this again.'
  )
}

const SHOWN = 10

function list(numbers: readonly number[]): string {
  if (numbers.length === 0) return ''
  const more = numbers.length > SHOWN ? ', …' : ''
  return ` (${numbers.slice(0, SHOWN).join(', ')}${more})`
}
