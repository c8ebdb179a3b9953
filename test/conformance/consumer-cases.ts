import { aCase, type Case, must, mustEqual, NotOffered } from './case.ts'
import type { Consumer } from './consumer.ts'
import { json, type Sent } from './serve.ts'
import { type Instead, problem } from './script.ts'

/** More calls of its database than a run of a consumer makes. */
const MOST_CALLS = 30
const MOST_REQUESTS = 30

/** Answers that are none, by what is wrong with them. */
const NO_ANSWERS: Record<string, (consumer: Consumer) => Instead> = {
  'no answer at all': () => () => undefined,
  'an answer that is cut off':
    ({ script }) =>
    () => ({ ...json(script.batchAfter(0, 500)), cut: true }),
  'a status of 500': () => () => problem(500, 'unexpected'),
  'a status of 503': () => () => problem(503, 'unavailable'),
  'a status of 404': () => () => problem(404, 'not-found'),
  'a page of HTML': () => () => html('<h1>Sign in</h1>'),
  'an answer without next':
    ({ script }) =>
    () =>
      json({ ...script.batchAfter(0, 500), next: undefined }),
  'an answer without more':
    ({ script }) =>
    () =>
      json({ ...script.batchAfter(0, 500), more: undefined }),
  'an answer without epoch':
    ({ script }) =>
    () =>
      json({ ...script.batchAfter(0, 500), epoch: undefined }),
  'an answer without records':
    ({ script, names }) =>
    () =>
      json({ ...script.batchAfter(0, 500), [names.feed]: undefined }),
  'a refusal without a type': () => () => json({}, 410),
  'half an answer that says it is whole':
    ({ script }) =>
    () => {
      const { body, ...whole } = json(script.batchAfter(0, 500))
      return { ...whole, body: body.slice(0, body.length / 2) }
    },
}

function html(body: string): Sent {
  return { status: 200, body, headers: { 'Content-Type': 'text/html' } }
}

/** Stores records 1 to 3, publishes what follows, and breaks the answer that brings it: nothing may be stored of it. */
async function meetNoAnswer(consumer: Consumer, instead: (consumer: Consumer) => Instead): Promise<void> {
  const { names } = consumer
  const script = await consumer.begin(1, 2, 3)
  await consumer.settle()
  const before = await consumer.look()
  script.putAll(4, 5)
  script.answer(`GET /${names.feed}?`, instead(consumer))
  script.asked.length = 0
  await consumer.pull()
  const [token] = script.tokensAsked()
  mustEqual(await consumer.look(), before, 'what it has after the answer')
  script.asked.length = 0
  await consumer.settle()
  mustEqual(script.tokensAsked()[0], token, 'token of the next request')
  await consumer.mustHave(1, 2, 3, 4, 5)
}

/**
 * Lets the consumer's database fail at its first call while a batch is stored, then at its second, and so on. Each time the
 * token that is asked with next must be behind what is stored by then.
 */
async function failAtEachCall(consumer: Consumer, hand: 'fail' | 'lose'): Promise<void> {
  for (let call = 1; call <= MOST_CALLS; call += 1) {
    const script = await consumer.begin(1, 2)
    await consumer.settle()
    script.putAll(2, 3, 4)
    await consumer.act(hand, { call })
    await consumer.pull()
    if (!(await consumer.endFault(hand))) return
    const { copies } = await consumer.look()
    script.asked.length = 0
    await consumer.pull()
    const [token = null] = script.tokensAsked()
    const hasAll = [2, 3, 4].every((key) =>
      copies.some((copy) => copy.key === key && copy.revision === script.revisionOf(key)),
    )
    const hasMoved = token === script.tokenAt(5)
    must(!hasMoved || hasAll, `at call ${call} the token had moved, and ${copies.length} of 4 copies were there`)
    await consumer.settle()
    await consumer.mustHave(1, 2, 3, 4)
  }
}

const storing: Case<Consumer>[] = [
  aCase('8.1a', 'a pull stores the records of a batch', [], async (consumer) => {
    await consumer.begin(1, 2, 3)
    await consumer.pull()
    await consumer.mustHave(1, 2, 3)
  }),
  aCase('8.1b', 'the next pull goes on behind what is stored', [], async (consumer) => {
    const script = await consumer.begin(1, 2)
    await consumer.settle()
    script.putAll(3)
    script.asked.length = 0
    await consumer.pull()
    mustEqual(script.tokensAsked()[0], script.tokenAt(2), 'token')
    await consumer.mustHave(1, 2, 3)
  }),
  aCase('8.11a', 'a database that fails leaves the token with what is stored', ['fail'], (consumer) =>
    failAtEachCall(consumer, 'fail'),
  ),
  aCase('8.11b', 'a database whose answer is lost leaves the token with what is stored', ['lose'], (consumer) =>
    failAtEachCall(consumer, 'lose'),
  ),
  aCase('8.12a', 'two runs at once do no harm', [], async (consumer) => {
    const script = await consumer.begin(1, 2, 3)
    script.mostInBatch = 1
    await Promise.all([consumer.pull(), consumer.pull(), consumer.pull()])
    await consumer.settle()
    await consumer.mustHave(1, 2, 3)
  }),
  aCase('8.3a', 'it goes on while there is more, however small the batches are', [], async (consumer) => {
    const script = await consumer.begin(1, 2, 3, 4, 5)
    script.mostInBatch = 1
    await consumer.settle()
    await consumer.mustHave(1, 2, 3, 4, 5)
  }),
  aCase('8.3b', 'it sends each token as it came, whatever it holds', [], async (consumer) => {
    const script = await consumer.begin(1, 2, 3)
    script.mostInBatch = 1
    await consumer.settle()
    await consumer.pull()
    const expected = [null, script.tokenAt(1), script.tokenAt(2), script.tokenAt(3)]
    mustEqual([...new Set(script.tokensAsked())], expected, 'tokens, each once')
  }),
  aCase('8.3c', 'a batch without records and with another token is gone past', [], async (consumer) => {
    const { names } = consumer
    const script = await consumer.begin(1, 2)
    await consumer.settle()
    script.putAll(3)
    script.answer(`GET /${names.feed}?`, () =>
      json({ [names.feed]: [], next: script.tokenAt(2), more: true, epoch: script.epoch }),
    )
    await consumer.settle()
    await consumer.mustHave(1, 2, 3)
  }),
  aCase('2.5b', 'it asks for a batch by after and limit alone', [], async (consumer) => {
    const script = await consumer.begin(1, 2)
    await consumer.settle()
    const batches = script.askedFor(`GET /${consumer.names.feed}?`)
    const names = batches.flatMap(({ path }) => [...new URL(path, 'http://kit').searchParams.keys()])
    mustEqual(
      [...new Set(names)].filter((name) => name !== 'after' && name !== 'limit'),
      [],
      'other parameters',
    )
    for (const { path } of batches) {
      const limit = Number(new URL(path, 'http://kit').searchParams.get('limit') ?? 1)
      must(Number.isInteger(limit) && limit >= 1 && limit <= 1_000, `limit ${limit}`)
    }
  }),
  aCase('8.4a', 'a higher revision replaces the copy', [], async (consumer) => {
    const script = await consumer.begin(1, 2)
    await consumer.settle()
    script.putAll(1)
    await consumer.settle()
    await consumer.mustHave(1, 2)
  }),
  aCase('8.4b', 'a lower revision that comes by the feed does not replace the copy', [], async (consumer) => {
    const script = await consumer.begin(1)
    script.put(1, { revision: 5 })
    await consumer.settle()
    script.put(1, { revision: 3 })
    script.putAll(2)
    await consumer.settle()
    mustEqual([(await consumer.lookAt(1))?.revision, (await consumer.lookAt(2))?.revision], [5, 1], 'revisions')
  }),
  aCase('8.4c', 'a lower revision that is read by its key does not replace the copy', ['follow'], async (consumer) => {
    const { names } = consumer
    const script = await consumer.begin(1)
    const late = script.show(1)
    script.putAll(1, 1)
    await consumer.settle()
    script.answer(`GET /${names.feed}/1`, () => json(late, 200, { [names.epochHeader]: script.epoch }))
    await consumer.follow(1)
    mustEqual((await consumer.lookAt(1))?.revision, 3, 'revision')
  }),
  aCase('8.5a', 'a record that comes again changes nothing', [], async (consumer) => {
    const script = await consumer.begin(1, 2)
    await consumer.settle()
    const before = await consumer.look()
    script.republish(1)
    await consumer.settle()
    const after = await consumer.look()
    const facts = ({ copies }: typeof after) =>
      copies.map(({ key, revision, deleted, orphaned, record }) => [
        key,
        revision,
        deleted,
        orphaned,
        consumer.textOf(record),
      ])
    mustEqual(facts(after), facts(before), 'copies')
  }),
  aCase('8.5b', 'a batch that comes twice is stored once', [], async (consumer) => {
    const { names } = consumer
    const script = await consumer.begin(1, 2)
    const again = script.batchAfter(0, 500)
    await consumer.settle()
    script.answer(`GET /${names.feed}?`, () => json({ ...again, next: script.tokenAt(2), more: false }))
    await consumer.settle()
    await consumer.mustHave(1, 2)
  }),
  aCase('8.6a', 'a tombstone marks the copy as deleted', [], async (consumer) => {
    const script = await consumer.begin(1, 2)
    await consumer.settle()
    script.put(1, { deleted: true })
    await consumer.settle()
    mustEqual((await consumer.lookAt(1))?.deleted, true, 'deleted')
    await consumer.mustHave(1, 2)
  }),
  aCase('8.6b', 'a tombstone of what was never there makes nothing live', [], async (consumer) => {
    const script = await consumer.begin(1)
    script.put(2, { deleted: true })
    script.putAll(3)
    await consumer.settle()
    must((await consumer.lookAt(2))?.deleted !== false, 'there is a live copy')
    mustEqual((await consumer.lookAt(3))?.revision, 1, 'revision of the record behind it')
  }),
  aCase('8.7a', 'unknown members are passed over', [], async (consumer) => {
    const { names } = consumer
    const script = await consumer.begin()
    script.put(1, { more: { addedLater: { more: [1] } } })
    script.answer(`GET /${names.feed}`, () => json({ ...script.batchAfter(0, 500), addedLater: true }))
    await consumer.settle()
    await consumer.mustHave(1)
  }),
  aCase('17.2a', 'a batch of a higher schema is read', [], async (consumer) => {
    const { names } = consumer
    const script = await consumer.begin(1)
    script.answer(`GET /${names.feed}`, () => json({ ...script.batchAfter(0, 500), schema: 2 }))
    await consumer.pull()
    await consumer.mustHave(1)
  }),
  ...Object.entries(NO_ANSWERS).map(([what, instead], place) =>
    aCase<Consumer>(
      `8.8${'abcdefghijkm'[place]}`,
      `${what} is stored by nothing of it, and asked for again`,
      [],
      (consumer) => meetNoAnswer(consumer, instead),
    ),
  ),
  aCase('8.8l', 'an outage in the middle keeps what came before it', [], async (consumer) => {
    const { names } = consumer
    const script = await consumer.begin(1, 2, 3)
    script.mostInBatch = 1
    script.answer(
      `/${names.feed}?`,
      (asked) => (asked.path.includes('after') ? undefined : json(script.batchAfter(0, 1))),
      3,
    )
    await consumer.pull()
    await consumer.settle()
    await consumer.mustHave(1, 2, 3)
  }),
  aCase('8.9a', 'a token that is refused as none does not lead to the start', [], async (consumer) => {
    const { names } = consumer
    const script = await consumer.begin(1, 2)
    await consumer.settle()
    script.answer(`GET /${names.feed}?`, () => problem(400, 'invalid-token'), 2)
    script.asked.length = 0
    await consumer.pull()
    await consumer.pull()
    must(!script.tokensAsked().includes(null), 'it asked from the start')
  }),
  aCase('8.10a', 'a record that is read by its key is stored, and the token stays', ['follow'], async (consumer) => {
    const script = await consumer.begin(1)
    await consumer.settle()
    script.putAll(2, 3)
    await consumer.follow(3)
    mustEqual((await consumer.lookAt(3))?.revision, 1, 'revision')
    script.asked.length = 0
    await consumer.settle()
    mustEqual(script.tokensAsked()[0], script.tokenAt(1), 'token of the next pull')
    await consumer.mustHave(1, 2, 3)
  }),
  aCase(
    '8.10b',
    'a record that is read by its key before any pull is stored, and the feed is read from its start',
    ['follow'],
    async (consumer) => {
      const script = await consumer.begin(1, 2)
      await consumer.follow(2)
      mustEqual((await consumer.lookAt(2))?.revision, 1, 'revision')
      script.asked.length = 0
      await consumer.settle()
      mustEqual(script.tokensAsked()[0], null, 'token of the first pull')
      await consumer.mustHave(1, 2)
    },
  ),
  aCase('8.10c', 'a record that waits for its number is stored by its key', ['follow'], async (consumer) => {
    const { names } = consumer
    const script = await consumer.begin(1)
    await consumer.settle()
    script.putAll(2)
    script.answer(`GET /${names.feed}/2`, () =>
      json({ ...script.show(2), [names.place]: -1 }, 200, { [names.epochHeader]: script.epoch }),
    )
    await consumer.follow(2)
    mustEqual((await consumer.lookAt(2))?.revision, 1, 'revision')
    await consumer.settle()
    await consumer.mustHave(1, 2)
  }),
  aCase('8.13a', 'it asks at most 30 times a run, and comes to the end in the next', [], async (consumer) => {
    const keys = Array.from({ length: 40 }, (_, place) => place + 1)
    const script = await consumer.begin(...keys)
    script.mostInBatch = 1
    await consumer.pull()
    must(script.asked.length <= MOST_REQUESTS, `${script.asked.length} requests`)
    await consumer.settle()
    await consumer.mustHave(...keys)
  }),
  aCase('16.3a', 'a batch of 1,000 records is stored', [], async (consumer) => {
    await consumer.begin(...Array.from({ length: 1_000 }, (_, place) => place + 1))
    await consumer.settle()
    mustEqual((await consumer.look()).copies.length, 1_000, 'copies')
  }),
]

const unreadable: Case<Consumer>[] = [
  aCase('9.1a', 'a record that does not fit stops nothing behind it', [], async (consumer) => {
    const script = await consumer.begin(1)
    script.put(2, { unfit: true })
    script.putAll(3)
    await consumer.settle()
    await consumer.mustHave(1, 3)
    script.asked.length = 0
    await consumer.pull()
    mustEqual(script.tokensAsked()[0], script.tokenAt(3), 'token')
  }),
  aCase('9.1b', 'nor does one whose key cannot be read', [], async (consumer) => {
    const { names } = consumer
    const script = await consumer.begin(1)
    script.put(2, { unfit: true, more: { [names.key]: 'two' } })
    script.putAll(3)
    await consumer.settle()
    await consumer.mustHave(1, 3)
  }),
  aCase('9.2a', 'it does not replace the copy that is there', [], async (consumer) => {
    const script = await consumer.begin(1, 2)
    await consumer.settle()
    script.put(1, { unfit: true })
    await consumer.settle()
    const copy = await consumer.lookAt(1)
    mustEqual([copy?.revision, copy && consumer.textOf(copy.record)], [1, script.contentOf(1, 1)], 'revision and text')
  }),
  aCase('9.3a', 'it is reported, and no other is', [], async (consumer) => {
    const script = await consumer.begin(1)
    script.put(2, { unfit: true })
    await consumer.settle()
    mustEqual((await consumer.look()).quarantined, [2], 'set aside')
  }),
  aCase('9.4a', 'it is released once it comes again and fits', [], async (consumer) => {
    const script = await consumer.begin(1)
    script.put(2, { unfit: true })
    await consumer.settle()
    script.putAll(2)
    await consumer.settle()
    mustEqual((await consumer.look()).quarantined, [], 'set aside')
    await consumer.mustHave(1, 2)
  }),
  aCase('9.4b', 'it is released once it is read by its key and fits', ['retry'], async (consumer) => {
    const script = await consumer.begin(1)
    script.put(2, { unfit: true })
    await consumer.settle()
    await consumer.act('retry', { key: 2 })
    mustEqual((await consumer.look()).quarantined, [2], 'set aside while it does not fit')
    script.putAll(2)
    await consumer.act('retry', { key: 2 })
    mustEqual((await consumer.look()).quarantined, [], 'set aside once it fits')
  }),
  aCase('9.5a', 'an older revision that arrives after it does not release it', ['follow'], async (consumer) => {
    const { names } = consumer
    const script = await consumer.begin(1)
    await consumer.settle()
    script.putAll(1)
    const late = script.show(1)
    script.put(1, { unfit: true })
    await consumer.settle()
    script.answer(`GET /${names.feed}/1`, () => json(late, 200, { [names.epochHeader]: script.epoch }))
    await consumer.follow(1)
    mustEqual((await consumer.look()).quarantined, [1], 'set aside')
  }),
  aCase('9.6a', 'a database that fails blames no record', ['fail'], async (consumer) => {
    for (let call = 1; call <= MOST_CALLS; call += 1) {
      await consumer.begin(1, 2)
      await consumer.act('fail', { call })
      await consumer.pull()
      if (!(await consumer.endFault('fail'))) return
      mustEqual((await consumer.look()).quarantined, [], `set aside after a failure at call ${call}`)
    }
  }),
]

/** Lets the publisher lose what `lose` does: keeps before it, and restores after the consumer has read it. */
async function restoreAfter(consumer: Consumer, lose: () => void): Promise<void> {
  await consumer.settle()
  const restore = consumer.script.keep()
  lose()
  await consumer.settle()
  restore()
}

const repair: Case<Consumer>[] = [
  aCase('10.2a', 'a lost token leads to the start, and is not sent again', [], async (consumer) => {
    const script = await consumer.begin(1, 2)
    await restoreAfter(consumer, () => script.putAll(3))
    script.asked.length = 0
    await consumer.settle()
    const [lost, ...others] = script.tokensAsked()
    must(others.includes(null), 'the feed was not read from its start')
    must(!others.includes(lost ?? ''), 'the lost token was sent again')
    await consumer.mustHave(1, 2)
  }),
  aCase(
    '10.2b',
    'a batch of another epoch is not stored, and the feed is read from its start',
    [],
    async (consumer) => {
      const { names } = consumer
      const script = await consumer.begin(1, 2)
      await restoreAfter(consumer, () => script.putAll(2, 3))
      script.answer(`GET /${names.feed}?`, () =>
        json({ [names.feed]: [], next: script.tokenAt(9), more: false, epoch: script.epoch }),
      )
      script.asked.length = 0
      await consumer.settle()
      must(script.tokensAsked().includes(null), 'the feed was not read from its start')
      must(!script.tokensAsked().includes(script.tokenAt(9)), 'the token of that batch was sent')
      await consumer.mustHave(1, 2)
    },
  ),
  aCase('10.3a', 'in a new epoch a lower revision replaces the copy', [], async (consumer) => {
    const script = await consumer.begin(1, 2)
    await restoreAfter(consumer, () => script.putAll(1, 1, 1))
    await consumer.settle()
    mustEqual((await consumer.lookAt(1))?.revision, 1, 'revision')
    await consumer.mustHave(1, 2)
  }),
  aCase('10.3b', 'so does the same revision with another fingerprint', [], async (consumer) => {
    const { names } = consumer
    const script = await consumer.begin(1)
    await restoreAfter(consumer, () => script.putAll(1))
    script.put(1, { more: { [consumer.card.text ?? 'note']: 'written after the restore' } })
    await consumer.settle()
    const copy = await consumer.lookAt(1)
    mustEqual(
      [copy?.revision, copy && consumer.textOf(copy.record)],
      [2, 'written after the restore'],
      `${names.key} 1`,
    )
  }),
  aCase('10.4a', 'what the publisher has lost is marked, and stays', [], async (consumer) => {
    const script = await consumer.begin(1, 2)
    await restoreAfter(consumer, () => script.putAll(3))
    await consumer.settle()
    const { copies } = await consumer.look()
    mustEqual(
      copies.map(({ key, orphaned }) => [key, orphaned]),
      [
        [1, false],
        [2, false],
        [3, true],
      ],
      'keys and orphans',
    )
  }),
  aCase('10.4b', 'it is marked where nothing else comes', [], async (consumer) => {
    const script = await consumer.begin()
    await restoreAfter(consumer, () => script.putAll(1))
    await consumer.settle()
    mustEqual((await consumer.lookAt(1))?.orphaned, true, 'orphan')
  }),
  aCase(
    '10.1a',
    'what is unchanged in the new epoch is no orphan, also after the next restore',
    [],
    async (consumer) => {
      const script = await consumer.begin(1)
      await restoreAfter(consumer, () => script.putAll(2))
      await restoreAfter(consumer, () => script.putAll(3))
      await consumer.settle()
      const { copies } = await consumer.look()
      mustEqual(
        copies.filter(({ orphaned }) => orphaned).map(({ key }) => key),
        [2, 3],
        'orphans',
      )
    },
  ),
  aCase('10.5a', 'nothing is marked before the end, and a repair that fails goes on', [], async (consumer) => {
    const { names } = consumer
    const script = await consumer.begin(1, 2, 3)
    await restoreAfter(consumer, () => script.putAll(4))
    script.mostInBatch = 1
    const second = encodeURIComponent(script.tokenAt(1))
    script.answer(second, () => undefined, 1)
    await consumer.pull()
    const { copies } = await consumer.look()
    mustEqual(
      copies.filter(({ orphaned }) => orphaned),
      [],
      `orphans after a failure at the second batch of ${names.feed}`,
    )
    await consumer.settle()
    mustEqual((await consumer.lookAt(4))?.orphaned, true, 'orphan')
    await consumer.mustHave(1, 2, 3)
  }),
  aCase('10.6a', 'an orphan that comes again is one no longer', [], async (consumer) => {
    const script = await consumer.begin(1)
    await restoreAfter(consumer, () => script.putAll(2))
    await consumer.settle()
    script.put(2, { revision: 2 })
    await consumer.settle()
    await consumer.mustHave(1, 2)
  }),
  aCase('10.7a', 'a tombstone is no orphan', [], async (consumer) => {
    const script = await consumer.begin(1)
    script.put(2, { deleted: true })
    await restoreAfter(consumer, () => script.putAll(3))
    await consumer.settle()
    must((await consumer.lookAt(2))?.orphaned !== true, 'the tombstone is an orphan')
  }),
  aCase('10.7b', 'a copy whose record is set aside in the new epoch is no orphan', [], async (consumer) => {
    const script = await consumer.begin(1, 2)
    await restoreAfter(consumer, () => script.putAll(3))
    script.put(2, { unfit: true })
    await consumer.settle()
    mustEqual((await consumer.lookAt(2))?.orphaned, false, 'orphan')
    mustEqual((await consumer.look()).quarantined, [2], 'set aside')
  }),
  aCase('10.8a', 'a late batch of an epoch that was left is not stored', [], async (consumer) => {
    const { names } = consumer
    const script = await consumer.begin(1)
    const left = script.epoch
    await restoreAfter(consumer, () => script.putAll(2))
    await consumer.settle()
    script.answer(`GET /${names.feed}?`, () => {
      const records = [{ ...script.show(1), revision: 9 }]
      return json({ [names.feed]: records, next: script.tokenAt(9, left), more: false, epoch: left })
    })
    await consumer.pull()
    mustEqual((await consumer.lookAt(1))?.revision, 1, 'revision')
    script.putAll(3)
    await consumer.settle()
    await consumer.mustHave(1, 3)
  }),
  aCase('10.8b', 'a refusal that names an epoch that was left does not bring it back', [], async (consumer) => {
    const { names } = consumer
    const script = await consumer.begin(1)
    const left = script.epoch
    await restoreAfter(consumer, () => script.putAll(2))
    await consumer.settle()
    script.answer(`GET /${names.feed}?`, () => script.refuseToken(left))
    await consumer.pull()
    script.putAll(3)
    await consumer.settle()
    await consumer.mustHave(1, 3)
    mustEqual((await consumer.lookAt(2))?.orphaned, true, 'orphan')
  }),
  aCase(
    '10.9a',
    'a record that was under way in an epoch that was left is not stored',
    ['follow'],
    async (consumer) => {
      const { names } = consumer
      const script = await consumer.begin(1)
      const left = script.epoch
      await restoreAfter(consumer, () => script.putAll(1))
      await consumer.settle()
      script.answer(`GET /${names.feed}/1`, () =>
        json({ ...script.show(1), revision: 9 }, 200, { [names.epochHeader]: left }),
      )
      await consumer.follow(1)
      mustEqual((await consumer.lookAt(1))?.revision, 1, 'revision')
    },
  ),
  aCase('10.9b', 'a record of a new epoch is stored once the feed has confirmed it', ['follow'], async (consumer) => {
    const script = await consumer.begin(1)
    await restoreAfter(consumer, () => script.putAll(1, 1))
    await consumer.follow(1)
    await consumer.settle()
    await consumer.mustHave(1)
  }),
  aCase('10.9c', 'an epoch that only a record names is not learned', ['follow'], async (consumer) => {
    const { names } = consumer
    const script = await consumer.begin(1)
    await consumer.settle()
    script.answer(`GET /${names.feed}/1`, () =>
      json({ ...script.show(1), revision: 9 }, 200, { [names.epochHeader]: 'an-epoch-under-way' }),
    )
    await consumer.follow(1)
    script.putAll(2)
    await consumer.settle()
    await consumer.mustHave(1, 2)
  }),
  aCase('15.4a', 'an orphan is not restored without being asked', [], async (consumer) => {
    const script = await consumer.begin(1)
    await restoreAfter(consumer, () => script.putAll(2))
    await consumer.settle()
    await consumer.settle()
    mustEqual(script.askedFor('POST /restore').length, 0, 'requests to restore')
  }),
  aCase('15.2c', 'orphans are sent as they were, and come again by the feed', ['restore-orphans'], async (consumer) => {
    const script = await consumer.begin(1)
    await restoreAfter(consumer, () => script.putAll(2))
    await consumer.settle()
    await consumer.act('restore-orphans', {})
    const [asked] = script.askedFor('POST /restore')
    const { preview, [consumer.names.feed]: records } = JSON.parse(asked?.body ?? '{}') as Record<string, unknown>
    mustEqual(preview, false, 'preview')
    must(Array.isArray(records) && records.length === 1, `records ${JSON.stringify(records)}`)
    await consumer.settle()
    await consumer.mustHave(1, 2)
  }),
]

const reconciliation: Case<Consumer>[] = [
  aCase('11.8a', 'a copy that differs is corrected', ['compare'], async (consumer) => {
    const script = await consumer.begin(1, 2)
    await consumer.settle()
    script.put(2, { place: 2 })
    await consumer.act('compare', {})
    await consumer.mustHave(1, 2)
  }),
  aCase('11.8b', 'a copy that is missing is made', ['compare'], async (consumer) => {
    const script = await consumer.begin(1, 2)
    await consumer.settle()
    script.put(3, { place: 1 })
    await consumer.act('compare', {})
    await consumer.mustHave(1, 2, 3)
  }),
  aCase('11.7a', 'what is moving is left out', ['compare'], async (consumer) => {
    const script = await consumer.begin(1, 2)
    await consumer.settle()
    script.put(2, { place: 2 })
    script.moving = [2]
    script.asked.length = 0
    await consumer.act('compare', {})
    mustEqual(script.askedFor('POST /ahead').length, 0, 'reports')
    mustEqual((await consumer.lookAt(2))?.revision, 1, 'revision')
  }),
  aCase('11.8c', 'where both sides agree no record is asked for', ['compare'], async (consumer) => {
    const script = await consumer.begin(1, 2)
    await consumer.settle()
    script.asked.length = 0
    await consumer.act('compare', {})
    mustEqual(script.askedFor(`GET /${consumer.names.feed}/`).length, 0, 'records asked for')
  }),
  aCase('12.4a', 'a copy that is ahead is reported, and a repair follows', ['compare', 'follow'], async (consumer) => {
    const script = await consumer.begin(1, 2)
    await consumer.settle()
    const restore = script.keep()
    const { epoch } = script
    script.putAll(2)
    await consumer.follow(2)
    restore()
    script.epoch = epoch
    await consumer.act('compare', {})
    const [report] = script.askedFor('POST /ahead')
    const copies = (JSON.parse(report?.body ?? '{}') as Record<string, { revision: number }[]>)[consumer.names.feed]
    mustEqual(
      copies?.map(({ revision }) => revision),
      [2],
      'revisions that were reported',
    )
    await consumer.settle()
    await consumer.mustHave(1, 2)
  }),
  aCase('12.4b', 'an orphan is not reported', ['compare'], async (consumer) => {
    const script = await consumer.begin(1)
    await restoreAfter(consumer, () => script.putAll(2))
    await consumer.settle()
    script.asked.length = 0
    await consumer.act('compare', {})
    mustEqual(script.askedFor('POST /ahead').length, 0, 'reports')
  }),
]

/** Lets a record be set aside, and returns what the publisher is notified of in the runs that follow. */
async function setAside(consumer: Consumer, instead?: Instead, times = 1): Promise<string[]> {
  const script = await consumer.begin(1)
  if (instead !== undefined) script.answer('POST /notices', instead, times)
  script.put(2, { unfit: true })
  await consumer.pull()
  await consumer.pull()
  const sent = script.askedFor('POST /notices').map(({ body }) => body)
  if (sent.length === 0) throw new NotOffered('it sends no notices')
  return sent
}

const notices: Case<Consumer>[] = [
  aCase('13.5a', 'the publisher is notified of what is set aside', [], async (consumer) => {
    const sent = await setAside(consumer)
    must(
      sent.some((body) => body.includes('"quarantined"')),
      `notices ${sent.join()}`,
    )
    mustEqual(sent.length, 1, 'times that it was sent')
  }),
  aCase('13.5b', 'a notice that was not answered is sent again', [], async (consumer) => {
    const sent = await setAside(consumer, () => undefined)
    must(sent.length >= 2 && sent[1]?.includes('"quarantined"') === true, `notices ${sent.join()}`)
    mustEqual(consumer.script.notices.length, 1, 'notices that arrived')
  }),
  aCase('13.6a', 'a notice that was refused is not sent with each run', [], async (consumer) => {
    await setAside(consumer, () => json({ kept: 0, refused: [0] }), Number.MAX_SAFE_INTEGER)
    consumer.script.asked.length = 0
    await consumer.pull()
    await consumer.pull()
    mustEqual(consumer.script.askedFor('POST /notices').length, 0, 'times that it was sent in the next two runs')
  }),
]

/** The cases of a consumer, in the order of their numbers. */
export const CONSUMER_CASES = [...storing, ...unreadable, ...repair, ...reconciliation, ...notices].toSorted(
  (one, other) => one.id.localeCompare(other.id, 'en', { numeric: true }),
)
