import { describe, expect, it } from 'vitest'
import { amendOrder, anOrder, placeOrder } from '../../support/orders.ts'
import type { Answer } from '../../../shared/simulator/running-worker.ts'
import { startTogether, type Together } from '../../support/together.ts'
import { headingOf } from '../support.ts'
import { correct, orphan, poison } from '../trouble.ts'

describe('GET /sync', () => {
  it('says in one sentence up to where both sides agree', async () => {
    const together = await startTogether()
    await placeOrder(together.ordering)
    await together.pull()
    const page = await show(together, '/sync')
    expect(page).toContain('Billing is in sync with ordering')
    expect(page).toContain('Both sides agreed up to sequence number 1')
  })

  it('says how many changes are to be read, and never beside that it is in sync', async () => {
    const together = await startTogether()
    await placeOrder(together.ordering)
    await together.pull()
    for (let count = 0; count < 3; count += 1) await placeOrder(together.ordering)
    const page = await show(together, '/sync')
    expect(textOf(page)).toContain('Billing has changes to read 3 changes are waiting to be read.')
    expect(page).not.toContain('in sync')
  })

  it('says that it is not known where ordering hangs, and shows no error of the platform', async () => {
    const together = await startTogether()
    await placeOrder(together.ordering)
    await together.pull()
    await together.relay.fail({ kind: 'no-answer' })
    const page = await show(together, '/sync')
    expect(textOf(page)).toContain('Whether billing is in sync with ordering is unknown')
    expect(textOf(page)).toContain('Ordering does not answer, so it is unknown what is waiting to be read.')
    expect(page).not.toMatch(/aborted|Billing is in sync/)
  }, 20_000)

  it('shows of a run that met a time-out only what that means', async () => {
    const together = await startTogether()
    await together.relay.fail({ kind: 'throw' })
    await together.pull()
    const page = await show(together, '/sync')
    expect(page).toContain('Ordering does not answer: The connection to it failed')
    expect(page).not.toContain('Network connection lost')
    expect(together.log('ordering.unreachable')).toMatchObject([{ path: '/orders', error: 'Network connection lost.' }])
  })

  it('shows what a comparison corrected, field by field', async () => {
    const together = await startTogether()
    const { number } = await placeOrder(together.ordering)
    await together.pull()
    await together.billing.sql(
      `UPDATE orders SET record = json_set(record, '$.note', 'Forged') WHERE number = ?`,
      number,
    )
    expect(locationOf(await together.billing.submit('/sync/compare'))).toBe('/sync')
    const page = await show(together, '/sync')
    expect(page).toContain('The copy differed')
    expect(textOf(page)).toContain('/note Forged → nothing')
  })

  it('names each epoch that billing knows, and when its repair had ended', async () => {
    const together = await startTogether()
    const { number } = await placeOrder(together.ordering)
    await together.pull()
    await orphan(together, number)
    const epochs = await together.billing.sql<{ epoch: string }>('SELECT epoch FROM epochs ORDER BY nr DESC')
    expect(epochs).toHaveLength(2)
    const page = await show(together, '/sync')
    for (const { epoch } of epochs) expect(page).toContain(epoch)
    expect(textOf(page)).toMatch(/Retired/)
  })

  it('shows nothing that its address claims', async () => {
    const together = await startTogether()
    expect(await show(together, '/sync?tried=%3Cb%3Ebold')).not.toContain('<b>bold')
  })
})

describe('POST /sync/compare', () => {
  it('leads back to the page before the first pull as well', async () => {
    const { billing } = await startTogether()
    expect(locationOf(await billing.submit('/sync/compare'))).toBe('/sync')
  })

  it('answers 503 with the page and why, while ordering does not answer', async () => {
    const { ordering, billing, pull, relay } = await startTogether()
    await placeOrder(ordering)
    await pull()
    await relay.fail({ kind: 'throw' })
    const response = await billing.submit('/sync/compare')
    expect(response.status).toBe(503)
    expect(response.headers.get('Retry-After')).toBe('5')
    const page = await response.text()
    expect(headingOf(page)).toBe('Sync')
    expect(page).toContain('The orders were not compared')
  })
})

describe('/sync/reset', () => {
  it('shows what a reset would do before it is done, and does it', async () => {
    const together = await startTogether()
    const { ordering, billing, pull } = together
    const { number } = await placeOrder(ordering)
    const { token } = await pull()
    await amendOrder(ordering, number, anOrder({ note: 'Two boxes' }))
    await placeOrder(ordering)
    const preview = await show(together, '/sync/reset?token=')
    expect(headingOf(preview)).toBe('Reset the token')
    expect(textOf(preview)).toContain('New 1 Changed 1 Removed 0 Unchanged 0 Unreadable 0')
    expect(await readToken(together)).toBe(token)
    expect(locationOf(await billing.submit('/sync/reset', { token: '' }))).toBe('/sync')
    expect(await readToken(together)).toBeNull()
    expect(await show(together, '/sync')).toContain('The token was reset')
  })

  it('offers the tokens that earlier runs ended with, and keeps who reset when', async () => {
    const together = await startTogether()
    const { ordering, billing, pull } = together
    await placeOrder(ordering)
    const first = await pull()
    await placeOrder(ordering)
    await pull()
    expect(await show(together, '/sync')).toContain(`<option value="${first.token}"`)
    await billing.submit('/sync/reset', { token: first.token ?? '' })
    expect(await readToken(together)).toBe(first.token)
    expect(await billing.sql('SELECT reset_by, token_after FROM resets')).toEqual([
      { reset_by: 'you@example.com', token_after: first.token },
    ])
    expect(textOf(await show(together, '/sync'))).toMatch(/you@example\.com .+ Undo/)
  })

  it('can be taken back by a preview of its own', async () => {
    const together = await startTogether()
    const { ordering, billing, pull } = together
    await placeOrder(ordering)
    const { token } = await pull()
    await billing.submit('/sync/reset', { token: '' })
    const page = await show(together, '/sync')
    const [, path = ''] = /href="([^"]+)"[^>]*>Undo/.exec(page) ?? []
    const preview = await show(together, path.replaceAll('&amp;', '&'))
    expect(textOf(preview)).toContain(`After the reset ${token}`)
    await billing.submit('/sync/reset', { token: token ?? '' })
    expect(await readToken(together)).toBe(token)
  })

  it('answers 422 to a token that no run has ended with, previewed or not', async () => {
    const { billing } = await startTogether()
    for (const response of [
      await billing.fetch('/sync/reset?token=mine'),
      await billing.submit('/sync/reset', { token: 'mine' }),
    ]) {
      expect(response.status).toBe(422)
      expect(await response.text()).toContain('Neither the start nor a token that one of billing’s runs')
    }
  })

  it('answers 503 to a preview while ordering does not answer', async () => {
    const { billing, relay } = await startTogether()
    await relay.fail({ kind: 'throw' })
    const response = await billing.fetch('/sync/reset?token=')
    expect(response.status).toBe(503)
    expect(await response.text()).toContain('There is no preview')
  })
})

describe('POST /sync/quarantine/retry', () => {
  it('says whether the record can be read by now', async () => {
    const together = await startTogether()
    const { number } = await placeOrder(together.ordering)
    await poison(together, number)
    expect(await show(together, '/sync')).toContain('Try again')
    const tried = await together.billing.submit('/sync/quarantine/retry', { subject: `order:${number}` })
    expect(locationOf(tried)).toBe(`/sync?tried=order%3A${number}`)
    expect(await show(together, locationOf(tried))).toContain('It still cannot be read')
    await correct(together, number)
    const again = await together.billing.submit('/sync/quarantine/retry', { subject: `order:${number}` })
    const released = await show(together, locationOf(again))
    expect(released).toContain('No longer in quarantine')
    expect(released).not.toContain('Try again')
  })

  it('answers 503 while ordering does not answer', async () => {
    const together = await startTogether()
    const { number } = await placeOrder(together.ordering)
    await poison(together, number)
    await together.relay.fail({ kind: 'throw' })
    const response = await together.billing.submit('/sync/quarantine/retry', { subject: `order:${number}` })
    expect(response.status).toBe(503)
    expect(await response.text()).toContain('It was not tried again')
  })
})

describe('/sync/orphans', () => {
  it('names the orders that only billing has, and gives them back after a preview', async () => {
    const together = await startTogether()
    const { number } = await placeOrder(together.ordering)
    await together.pull()
    await orphan(together, number)
    expect(await show(together, '/sync')).toContain('Orders that ordering no longer has')
    const preview = await show(together, '/sync/orphans')
    expect(headingOf(preview)).toBe('Restore orders')
    expect(preview).toContain('1 order can be restored')
    const done = await together.billing.submit('/sync/orphans/restore')
    expect(locationOf(done)).toBe('/sync?done=restored')
    expect(await show(together, locationOf(done))).toContain('They arrive with the next pull')
    await together.pull()
    expect(await show(together, '/sync')).not.toContain('Orders that ordering no longer has')
    expect(await show(together, '/sync/orphans')).toContain('There is nothing to restore')
  })

  it('says which orders ordering does not take, and why', async () => {
    const together = await startTogether()
    const { number } = await placeOrder(together.ordering, anOrder({ externalId: 'A-1' }))
    await together.pull()
    await orphan(together, number)
    await placeOrder(together.ordering, anOrder({ externalId: 'A-1' }))
    const preview = await show(together, '/sync/orphans')
    expect(preview).toContain('Another order in ordering now has its external ID')
    expect(preview).not.toContain('Restore in ordering')
  })

  it('answers 503 while ordering does not answer', async () => {
    const together = await startTogether()
    const { number } = await placeOrder(together.ordering)
    await together.pull()
    await orphan(together, number)
    await together.relay.fail({ kind: 'throw', matching: '/restore', times: 2 })
    expect((await together.billing.fetch('/sync/orphans')).status).toBe(503)
    expect((await together.billing.submit('/sync/orphans/restore')).status).toBe(503)
  })
})

it.each(['run', 'compare', 'orphans/restore', 'quarantine/retry'])(
  'GET /sync/%s leads whoever reloads its address back to the page',
  async (act) => {
    const { billing } = await startTogether()
    expect(locationOf(await billing.fetch(`/sync/${act}`))).toBe('/sync')
  },
)

async function show({ billing }: Together, path: string): Promise<string> {
  const response = await billing.fetch(path)
  expect(response.status).toBe(200)
  return response.text()
}

function textOf(html: string): string {
  return html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ')
}

function locationOf(response: Answer): string {
  expect(response.status).toBe(303)
  return response.headers.get('Location') ?? ''
}

async function readToken({ billing }: Together): Promise<string | null> {
  return ((await (await billing.fetch('/api/sync')).json()) as { token: string | null }).token
}
