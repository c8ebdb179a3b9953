import { beforeEach, expect, it } from 'vitest'
import { approve, reject } from '../../billing/support.ts'
import { placeOrder } from '../../support/orders.ts'
import { startTogether, type Together } from '../../support/together.ts'

let together: Together
beforeEach(async () => {
  together = await startTogether()
  for (let number = 1; number <= 3; number += 1) await placeOrder(together.ordering)
  await together.pull()
  for (const id of [1, 2, 3]) await approve(together.billing, id)
})

/** What somebody with SQL, or a billing that is newer than ordering, leaves in the outbox. */
const UNREADABLE = [
  `notice = json_set(notice, '$.kind', 'praised')`,
  `notice = json_remove(notice, '$.by')`,
  `notice = 'no JSON'`,
  'order_number = 0',
  'version = -1',
]

async function delivered(): Promise<number[]> {
  const rows = await together.ordering.sql<{ number: number }>(
    'SELECT order_number AS number FROM billing_notices ORDER BY 1',
  )
  return rows.map(({ number }) => number)
}

async function readHealth(): Promise<{ status: string; reasons: string[] }> {
  return (await (await together.billing.fetch('/health')).json()) as { status: string; reasons: string[] }
}

const REASON = 'Notices that ordering cannot read: 1'

it.each(UNREADABLE)('a notice with %s holds up no other, and is set aside, logged and counted', async (change) => {
  const { billing, pull, relay, harness } = together
  await billing.sql(`UPDATE outbox SET ${change} WHERE subject = 'invoice:2'`)
  harness.clearLogs()
  await pull()
  expect(await delivered()).toEqual([1, 3])
  expect(together.log('notices.refused')).toMatchObject([{ level: 'error', subject: 'invoice:2' }])
  expect(JSON.stringify(await readHealth())).toContain(REASON)

  await relay.calls()
  await pull()
  expect((await relay.calls()).filter((call) => call.includes('/notices'))).toEqual([])
})

it('a notice that was set aside is sent again after a comparison, and is kept once it can be read', async () => {
  const { billing, pull } = together
  await billing.sql(`UPDATE outbox SET notice = json_set(notice, '$.kind', 'praised') WHERE subject = 'invoice:2'`)
  await pull()
  await billing.sql(`UPDATE outbox SET notice = json_set(notice, '$.kind', 'approved') WHERE subject = 'invoice:2'`)
  await pull()
  expect(await delivered()).toEqual([1, 3])
  await billing.sql('UPDATE order_pull SET compared_at = NULL')
  await pull()
  await pull()
  expect(await delivered()).toEqual([1, 2, 3])
  expect(JSON.stringify(await readHealth())).not.toContain(REASON)
})

it('a newer notice of the subject is sent at once', async () => {
  const { ordering, billing, pull } = together
  await placeOrder(ordering)
  await pull()
  await billing.sql(`
    INSERT INTO outbox (subject, version, order_number, notice, pending, refused) VALUES ('invoice:4', 1, 4, '{}', 0, 1)`)
  expect(JSON.stringify(await readHealth())).toContain(REASON)
  await reject(billing, 4, 'The address is wrong')
  await pull()
  expect(await delivered()).toEqual([1, 2, 3, 4])
  expect(JSON.stringify(await readHealth())).not.toContain(REASON)
})
