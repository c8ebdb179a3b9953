import type { Scenario } from './stage.ts'

/** Databases put back, a record that cannot be read, runs that overlap. */
export const RECOVERY_SCENARIOS: Record<string, Scenario> = {
  'ordering-restored': {
    title: "Ordering's database is restored: a new epoch is opened, billing repairs, and what was lost is named.",
    async play({ billing, say, order, pull, link, approve, backUp, restore, tellSync }) {
      await order('kept')
      await pull()
      const moment = await backUp('ordering')
      const lost = await order('lost by the restore')
      await pull()
      await tellSync()
      await restore('ordering', moment)
      const next = await order('entered after the restore')
      say(`Its number is ${next}: no number is given again. The next pull's token is refused with 410.`)
      await pull()
      await tellSync()
      await link(lost)
      await approve(lost)
      say(`An operator gives order ${lost} back to ordering, whole and under its own number.`)
      await billing.send('POST', '/api/sync/orphans/restore', { preview: false })
      await pull()
      await tellSync()
      await approve(lost)
    },
  },
  'billing-restored': {
    title: "Billing's database is restored: the approvals that customers have seen come back under their numbers.",
    async play({ order, pull, approve, backUp, restore, showInvoice, say }) {
      const [first, second] = [await order('first'), await order('second')]
      await pull()
      const moment = await backUp('billing')
      await approve(first)
      await restore('billing', moment)
      say('The ledger has the approval. The next one replays it first, and takes the number after it:')
      await approve(second)
      await showInvoice(first)
      await pull()
    },
  },
  'poison-record': {
    title: 'A record that does not fit the contract is quarantined and named; those behind it continue.',
    async play({ ordering, say, order, pull, tellSync }) {
      const bad = await order('bad')
      await order('behind it')
      await ordering.sql(`UPDATE orders SET currency = 'ZZZ' WHERE number = ?`, bad)
      say(`By SQL, order ${bad} gets a currency that there is not.`)
      await pull()
      await tellSync()
      await ordering.sql(`UPDATE orders SET currency = 'EUR' WHERE number = ?`, bad)
      say(`Order ${bad} is corrected: its next revision comes by the feed.`)
      await pull()
      await tellSync()
    },
  },
  'overlapping-crons': {
    title: 'Two Cron Triggers at once, and one that wakes up after its successor has run.',
    async play({ billing, cron, relay, say, order, pull, tellSync }) {
      await order('first')
      await relay.strike({ kind: 'hold-after', matching: '/orders?' })
      const first = cron()
      await relay.untilHolding()
      say('A Cron Trigger fires, and its run waits for a page. Another one fires:')
      await pull()
      say('It found a run going, and did nothing. The first one has its page now.')
      await relay.strike()
      await first
      await tellSync()
      await order('second')
      await relay.strike({ kind: 'hold-after', matching: '/orders?' })
      const slow = cron()
      await relay.untilHolding()
      say('A run has its page, and falls asleep before storing it. Its lease runs out, and the next run begins.')
      await billing.sql('UPDATE order_pull SET lease_until = 1')
      await pull()
      await order('third')
      await pull()
      say('The first run wakes up and stores its page: the token has moved, so that nothing is written.')
      await relay.strike()
      await slow
      await tellSync()
    },
  },
}
