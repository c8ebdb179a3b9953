import { expect, it } from 'vitest'
import { eraseCustomer } from '../../shared/commands/erase.ts'
import { approve } from '../billing/support.ts'
import { listen } from '../support/listen.ts'
import { anOrder, placeDraft, placeOrder } from '../support/orders.ts'
import { startTogether } from '../support/together.ts'

it('reports what both apps have of a customer, names the orders that wait, and erases in both', async () => {
  const { ordering, billing, pull } = await startTogether()
  await placeDraft(ordering)
  await placeOrder(ordering)
  const { port, close } = await listen(billing)
  const run = async (yes: boolean): Promise<string> => {
    const said: string[] = []
    await eraseCustomer(`http://localhost:${port}`, anOrder().customer.id, yes, (text) => said.push(text))
    return said.join('\n')
  }
  try {
    await expect(run(true)).rejects.toThrow('Invoices are still to be decided, corrected or made for orders (2)')
    await pull()
    await approve(billing, 2)
    expect(await run(false)).toMatch(/2 orders \(1, 2\), 1 draft of them to be deleted[^]*Nothing was changed/)
    expect(await run(true)).toMatch(/Erased\. 1 document is retained as issued/)
    expect(await run(false)).toContain('0 orders')
  } finally {
    await close()
  }
  expect(await ordering.sql(`SELECT number, state, customer ->> 'name' AS name FROM orders`)).toEqual([
    { number: 1, state: 'Deleted', name: 'Erased' },
    { number: 2, state: 'Confirmed', name: 'Erased' },
  ])
})

it('says in a sentence why billing is not reached', async () => {
  await expect(eraseCustomer('http://localhost:18342', 'KORN', false, () => undefined)).rejects.toThrow(
    'http://localhost:18342 does not answer: ',
  )
})
