import type { Scenario } from './stage.ts'

/** An app or its database does not answer. */
export const OUTAGE_SCENARIOS: Record<string, Scenario> = {
  'ordering-away': {
    title: 'Ordering does not answer; billing shows what it has, and catches up.',
    async play({ relay, say, order, pull, link }) {
      const known = await order('before')
      await pull()
      say('Ordering goes away: every call over the binding is lost.')
      await relay.fail({ kind: 'throw', times: 1000 })
      const unknown = await order('while it cannot be reached')
      await pull()
      await link(known)
      await link(unknown)
      say('Ordering is back.')
      await relay.fail()
      await pull()
      await link(unknown)
    },
  },
  'billing-away': {
    title: 'Billing is down while orders are entered; ordering continues, and the next pulls bring them all.',
    async play({ say, order, pull }) {
      await order('before')
      await pull()
      say('Billing goes away: no pull runs, and no link is answered.')
      for (const note of ['one', 'two', 'three']) await order(note)
      say('Ordering has taken them all: it never waits for billing. Billing is back.')
      await pull()
    },
  },
  'ordering-erring': {
    title: 'Ordering answers, but with errors: 500, half an answer, a sign-in page. No order is blamed.',
    async play({ relay, say, order, pull, tellSync }) {
      await order('waits')
      const faults = [
        { what: 'Ordering answers 500.', fault: { kind: 'answer', status: 500, body: '{}' } },
        { what: 'An answer is cut off in the middle.', fault: { kind: 'half' } },
        {
          what: 'A sign-in page answers in its place.',
          fault: { kind: 'answer', status: 200, body: '<h1>Sign in</h1>', contentType: 'text/html' },
        },
        { what: 'Ordering does its work, and the answer is lost.', fault: { kind: 'lose-answer' } },
      ] as const
      for (const { what, fault } of faults) {
        say(what)
        await relay.fail(fault)
        await pull()
      }
      await tellSync()
      say('Ordering answers again.')
      await pull()
    },
  },
  'billing-database-erring': {
    title: "Billing's database refuses, loses an answer, and times out; the batch that timed out lands late.",
    async play({ billing, say, order, pull, link }) {
      const number = await order('first')
      say("Billing's database fails a batch: nothing of it is stored, and the token does not move.")
      await billing.failDatabase({ kind: 'refuse', matching: 'UPDATE order_pull SET token' })
      await pull()
      say('It stores the page, and the answer is lost.')
      await billing.failDatabase({ kind: 'lose-answer', matching: 'UPDATE order_pull SET token' })
      await pull()
      say('The next run reads the token reissue: the page is there.')
      await pull()
      await order('second')
      say('A page times out. Its batch is still under way.')
      await billing.failDatabase({ kind: 'land-late', matching: 'UPDATE order_pull SET token' })
      await pull()
      say('The next run stores the same page, and then the first batch lands after all.')
      await pull()
      await billing.landLate()
      say('It changed nothing: the token was no longer the one that it began at.')
      say("Billing's database refuses what a link stores.")
      await billing.failDatabase({ kind: 'refuse', matching: 'INSERT INTO epochs', times: 100 })
      await link(number)
    },
  },
}
