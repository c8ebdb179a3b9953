import { aCase, type Case, must, mustEqual } from './case.ts'
import { isRec, type Rec } from './names.ts'
import type { Entry, Publisher } from './publisher.ts'
import type { Reply } from './talk.ts'

const placesOf = (entries: readonly Entry[]): number[] => entries.map(({ place }) => place)
const keysOf = (entries: readonly Entry[]): number[] => entries.map(({ key }) => key)
const ascending = (numbers: readonly number[]): number[] => numbers.toSorted((one, other) => one - other)

/** Throws unless exactly these keys came, in whatever order. */
function mustBeKeys(entries: readonly Entry[], keys: readonly number[], what: string): void {
  mustEqual(ascending(keysOf(entries)), ascending(keys), what)
}

/** Throws unless the answer is a refusal of this status and type. */
export function mustRefuse({ status, body, text, headers }: Reply, expected: number, type: string): void {
  const seen = isRec(body) ? body : {}
  must(
    status === expected && seen['type'] === type,
    `expected ${expected} ${type}, saw ${status} ${text.slice(0, 200)}`,
  )
  for (const member of ['title', 'detail']) {
    must(typeof seen[member] === 'string', `expected problem details with ${member}, saw ${text.slice(0, 200)}`)
  }
  mustEqual(seen['status'], expected, 'status in the problem details')
  must(
    headers.get('Content-Type')?.startsWith('application/problem+json') === true,
    `expected application/problem+json, saw ${headers.get('Content-Type')}`,
  )
}

const INVALID_QUERY = '/problems/invalid-query'
const INVALID_TOKEN = '/problems/invalid-token'

const requests: Case<Publisher>[] = [
  aCase('2.2a', 'a batch, a record and a refusal are not stored on the way', ['create'], async (publisher) => {
    const { names, talk } = publisher
    const key = await publisher.createOne()
    for (const path of [`/${names.feed}`, `/${names.feed}/${key}`, `/${names.feed}?after=mine`]) {
      const { headers } = await talk.ask('GET', path)
      must(headers.get('Cache-Control')?.includes('no-store') === true, `${path}: ${headers.get('Cache-Control')}`)
    }
  }),
  aCase('2.3a', 'a refusal is problem details', [], async ({ names, talk }) => {
    mustRefuse(await talk.ask('GET', `/${names.feed}?after=mine`), 400, INVALID_TOKEN)
  }),
  aCase('2.4a', 'an unknown parameter is refused', [], async ({ names, talk }) => {
    mustRefuse(await talk.ask('GET', `/${names.feed}?before=1`), 400, INVALID_QUERY)
  }),
  aCase('2.4b', 'a parameter that is given twice is refused', [], async ({ names, talk }) => {
    mustRefuse(await talk.ask('GET', `/${names.feed}?limit=1&limit=2`), 400, INVALID_QUERY)
  }),
  aCase('2.5a', '`wait` is refused as long as it is reserved', [], async ({ names, talk }) => {
    mustRefuse(await talk.ask('GET', `/${names.feed}?wait=1`), 400, INVALID_QUERY)
  }),
  aCase('2.6a', 'a path that is not there is answered 404', [], async ({ talk }) => {
    mustEqual((await talk.ask('GET', '/no-such-path')).status, 404, 'status')
  }),
  aCase('2.7a', 'a database that fails is not an empty feed', ['create', 'break', 'unbreak'], async (publisher) => {
    const token = await publisher.readToEnd()
    const keys = await publisher.create(2)
    await publisher.act('break', {})
    const { status } = await publisher.askBatch(token, 10)
    await publisher.act('unbreak', {})
    must(status >= 500, `expected 500 or above, saw ${status}`)
    mustBeKeys(await publisher.readAfter(token), keys, 'what came once the database answered again')
  }),
]

const records: Case<Publisher>[] = [
  aCase('3.1a', 'each record has key, revision, sequence number and fingerprint', ['create'], async (publisher) => {
    const token = await publisher.readToEnd()
    await publisher.create(3)
    const entries = await publisher.readAfter(token)
    mustEqual(entries.length, 3, 'records')
    for (const { key, revision, place, fingerprint } of entries) {
      must(key >= 1 && key < 1e12, `key ${key}`)
      must(revision >= 1 && place >= 1, `revision ${revision}, sequence number ${place}`)
      must(fingerprint >= 0 && fingerprint < 2 ** 40, `fingerprint ${fingerprint}`)
    }
  }),
  aCase('3.2a', 'the key of a deleted record is not given again', ['create', 'delete'], async (publisher) => {
    const key = await publisher.createOne()
    await publisher.delete(key)
    const others = await publisher.create(3)
    must(!others.includes(key), `${key} was given again`)
  }),
  aCase('3.3a', 'a change makes a higher revision', ['create', 'change'], async (publisher) => {
    const key = await publisher.createOne()
    const before = await publisher.readOne(key)
    await publisher.change(key)
    const after = await publisher.readOne(key)
    must(after.revision > before.revision, `revision ${after.revision} after ${before.revision}`)
  }),
  aCase('3.4a', 'a change draws another fingerprint', ['create', 'change'], async (publisher) => {
    const key = await publisher.createOne()
    const before = await publisher.readOne(key)
    await publisher.change(key)
    must((await publisher.readOne(key)).fingerprint !== before.fingerprint, 'the fingerprint stayed')
  }),
  aCase('3.4b', 'the fingerprints of twenty records are twenty', ['create'], async (publisher) => {
    const token = await publisher.readToEnd()
    await publisher.create(20)
    const drawn = new Set((await publisher.readAfter(token)).map(({ fingerprint }) => fingerprint))
    mustEqual(drawn.size, 20, 'different fingerprints')
  }),
  aCase('3.4c', 'a record that was not changed keeps revision and fingerprint', ['create'], async (publisher) => {
    const token = await publisher.readToEnd()
    const key = await publisher.createOne()
    const { revision, fingerprint } = await publisher.readOne(key)
    await publisher.readAfter(token)
    const after = await publisher.readOne(key)
    mustEqual([after.revision, after.fingerprint], [revision, fingerprint], 'revision and fingerprint once numbered')
  }),
  aCase('3.5a', 'the sequence number of a new record is -1 until the feed is read', ['create'], async (publisher) => {
    const token = await publisher.readToEnd()
    const key = await publisher.createOne()
    mustEqual((await publisher.readOne(key)).place, -1, 'sequence number before')
    const [entry] = await publisher.readAfter(token)
    mustEqual((await publisher.readOne(key)).place, entry?.place, 'sequence number after')
  }),
  aCase('3.5b', 'the sequence number of a changed record is -1 again', ['create', 'change'], async (publisher) => {
    const key = await publisher.createOne()
    await publisher.readToEnd()
    await publisher.change(key)
    mustEqual((await publisher.readOne(key)).place, -1, 'sequence number')
  }),
  aCase('3.6a', 'a deleted record comes as a tombstone, as a change does', ['create', 'delete'], async (publisher) => {
    const key = await publisher.createOne()
    const token = await publisher.readToEnd()
    const before = await publisher.readOne(key)
    await publisher.delete(key)
    const entries = await publisher.readAfter(token)
    mustBeKeys(entries, [key], 'what came')
    const [after] = entries
    mustEqual(after?.deleted, true, 'tombstone')
    must((after?.revision ?? 0) > before.revision, `revision ${after?.revision} after ${before.revision}`)
    must(after?.fingerprint !== before.fingerprint, 'the fingerprint stayed')
  }),
  aCase(
    '3.6b',
    'a record that was made and deleted between two batches comes as a tombstone',
    ['create', 'delete'],
    async (publisher) => {
      const token = await publisher.readToEnd()
      const key = await publisher.createOne()
      await publisher.delete(key)
      const entries = await publisher.readAfter(token)
      mustEqual(
        entries.map((entry) => [entry.key, entry.deleted]),
        [[key, true]],
        'what came',
      )
    },
  ),
  aCase('3.7a', 'what was deleted before it was published does not come', ['draft', 'delete'], async (publisher) => {
    const token = await publisher.readToEnd()
    await publisher.delete(await publisher.draft())
    mustEqual(await publisher.readAfter(token), [], 'what came')
  }),
  aCase(
    '3.8a',
    'a republished record comes again as it was, at a new place',
    ['create', 'republish'],
    async (publisher) => {
      const key = await publisher.createOne()
      const token = await publisher.readToEnd()
      const before = await publisher.readOne(key)
      await publisher.act('republish', { keys: [key] })
      const [after] = await publisher.readAfter(token)
      mustEqual(
        [after?.key, after?.revision, after?.fingerprint],
        [key, before.revision, before.fingerprint],
        'what came',
      )
      must((after?.place ?? 0) > before.place, `sequence number ${after?.place} after ${before.place}`)
    },
  ),
]

const feed: Case<Publisher>[] = [
  aCase('4.1a', 'a batch has its records, next, more and epoch', [], async ({ names, talk }) => {
    const { status, body, text } = await talk.ask('GET', `/${names.feed}`)
    must(status === 200 && isRec(body), `saw ${status} ${text.slice(0, 200)}`)
    const { [names.feed]: listed, next, more, epoch } = body as Rec
    must(Array.isArray(listed), `${names.feed} is no list`)
    mustEqual(
      [typeof next, typeof more, typeof epoch],
      ['string', 'boolean', 'string'],
      'types of next, more and epoch',
    )
  }),
  aCase('4.1b', 'without a token the feed is read from its start', ['create'], async (publisher) => {
    const [key] = await publisher.create(1)
    await publisher.readToEnd()
    must(keysOf(await publisher.readAfter(null)).includes(key ?? 0), `${key} did not come`)
  }),
  ...['0', '1001', '-1', '1.5', 'ten', '01', '1e2', ''].map((limit, place) =>
    aCase<Publisher>(`4.2${'abcdefgh'[place]}`, `the limit “${limit}” is refused`, [], async ({ names, talk }) => {
      const { status } = await talk.ask('GET', `/${names.feed}?limit=${limit}`)
      mustEqual(status, 400, 'status')
    }),
  ),
  aCase('4.2i', 'the limits 1 and 1000 are not refused', [], async (publisher) => {
    for (const limit of [1, 1_000]) mustEqual((await publisher.askBatch(null, limit)).status, 200, `limit ${limit}`)
  }),
  aCase('4.3a', 'a batch holds no more than its limit', ['create'], async (publisher) => {
    const token = await publisher.readToEnd()
    await publisher.create(5)
    const sizes = (await publisher.readBatches(token, 2)).map(({ entries }) => entries.length)
    must(Math.max(...sizes) <= 2, `batches of ${sizes.join()} records`)
  }),
  aCase('4.4a', 'records ascend by sequence number, each with one of its own', ['create'], async (publisher) => {
    const token = await publisher.readToEnd()
    await publisher.create(7)
    const places = placesOf(await publisher.readAfter(token, 3))
    mustEqual(places, ascending([...new Set(places)]), 'sequence numbers')
  }),
  aCase('4.4b', 'no two records of the whole feed share a sequence number', ['create', 'change'], async (publisher) => {
    const keys = await publisher.create(4)
    await publisher.readToEnd()
    await publisher.change(...keys.slice(0, 2))
    const places = placesOf(await publisher.readAfter(null))
    mustEqual(new Set(places).size, places.length, 'different sequence numbers')
  }),
  aCase('4.5a', 'nothing comes that was before the token', ['create', 'change'], async (publisher) => {
    const [first = 0, second = 0] = await publisher.create(2)
    const token = await publisher.readToEnd()
    const highest = Math.max(...placesOf(await publisher.readAfter(null)))
    await publisher.change(first)
    const entries = await publisher.readAfter(token)
    mustBeKeys(entries, [first], `what came, where ${second} was not changed`)
    must(Math.min(...placesOf(entries)) > highest, `sequence numbers ${placesOf(entries).join()} after ${highest}`)
  }),
  aCase('4.6a', 'what changed twice comes once, as it is now', ['create', 'change'], async (publisher) => {
    const key = await publisher.createOne()
    const token = await publisher.readToEnd()
    await publisher.change(key)
    await publisher.change(key)
    const entries = await publisher.readAfter(token)
    mustBeKeys(entries, [key], 'what came')
    mustEqual(entries[0]?.record, (await publisher.readOne(key)).record, 'the record')
  }),
  aCase(
    '4.6b',
    'from the start each record comes at its latest place alone',
    ['create', 'change'],
    async (publisher) => {
      const keys = await publisher.create(3)
      await publisher.readToEnd()
      await publisher.change(keys[0] ?? 0)
      const came = keysOf(await publisher.readAfter(null)).filter((key) => keys.includes(key))
      mustEqual(came, [keys[1], keys[2], keys[0]], 'the keys in the order in which they came')
    },
  ),
  aCase(
    '4.7a',
    'nothing new is an empty batch with the token that was sent, again and again',
    [],
    async (publisher) => {
      const token = await publisher.readToEnd()
      for (let count = 0; count < 3; count += 1) {
        const { entries, next, more } = await publisher.readBatch(token)
        mustEqual([entries, next, more], [[], token, false], 'records, next and more')
      }
    },
  ),
  aCase('4.8a', '`more` is true while a record waits for its number', ['create'], async (publisher) => {
    const token = await publisher.readToEnd()
    await publisher.create(3)
    mustEqual((await publisher.readBatch(token, 1)).more, true, 'more')
  }),
  aCase('4.8b', '`more` is false where a full batch is the last', ['create'], async (publisher) => {
    const token = await publisher.readToEnd()
    await publisher.create(2)
    const { entries, more } = await publisher.readBatch(token, 2)
    mustEqual([entries.length, more], [2, false], 'records and more')
  }),
  aCase('4.9a', 'a batch before the last holds a record at least', ['create'], async (publisher) => {
    const token = await publisher.readToEnd()
    await publisher.create(4)
    for (const { entries, more } of await publisher.readBatches(token, 1)) {
      must(!more || entries.length > 0, 'a batch with more has no record')
    }
  }),
  aCase(
    '4.10a',
    'from the start each published record comes once, tombstones too',
    ['create', 'delete'],
    async (publisher) => {
      const keys = await publisher.create(3)
      await publisher.delete(keys[1] ?? 0)
      await publisher.readToEnd()
      const came = (await publisher.readAfter(null)).filter(({ key }) => keys.includes(key))
      mustEqual(
        came.map(({ key, deleted }) => [key, deleted]).sort(([one], [other]) => Number(one) - Number(other)),
        keys.map((key, place) => [key, place === 1]),
        'keys and tombstones',
      )
    },
  ),
  aCase(
    '4.10b',
    'what was published at once is whole, however small the batches are',
    ['create'],
    async (publisher) => {
      const token = await publisher.readToEnd()
      const keys = await publisher.create(5)
      mustBeKeys(await publisher.readAfter(token, 2), keys, 'what came in batches of 2')
    },
  ),
  aCase('4.10c', 'batches of any size read the same feed', ['create'], async (publisher) => {
    await publisher.create(5)
    await publisher.readToEnd()
    const all = keysOf(await publisher.readAfter(null))
    const size = Math.max(2, Math.ceil(all.length / 7))
    mustEqual(keysOf(await publisher.readAfter(null, size)), all, `keys in batches of ${size}`)
  }),
  aCase(
    '4.11a',
    'the record that holds the highest number comes again once it has changed',
    ['create', 'change'],
    async (publisher) => {
      await publisher.readToEnd()
      const key = await publisher.createOne()
      const token = await publisher.readToEnd()
      await publisher.change(key)
      mustBeKeys(await publisher.readAfter(token), [key], 'what came')
    },
  ),
  aCase(
    '4.11b',
    'the record that holds the highest number comes again once it was deleted',
    ['create', 'delete'],
    async (publisher) => {
      await publisher.readToEnd()
      const key = await publisher.createOne()
      const token = await publisher.readToEnd()
      await publisher.delete(key)
      mustBeKeys(await publisher.readAfter(token), [key], 'what came')
    },
  ),
  aCase(
    '4.11c',
    'a record that changes behind the reader comes again in a later batch',
    ['create', 'change'],
    async (publisher) => {
      const token = await publisher.readToEnd()
      await publisher.create(3)
      const first = await publisher.readBatch(token, 1)
      const [read] = keysOf(first.entries)
      await publisher.change(read ?? 0)
      const rest = await publisher.readAfter(first.next, 1)
      mustEqual(
        keysOf(rest).filter((key) => key === read),
        [read],
        'the changed record in the batches behind',
      )
      mustEqual(rest.length, 3, 'records behind')
    },
  ),
  aCase(
    '4.12a',
    'a change that began before a batch and commits after it comes',
    ['create', 'change', 'hold', 'commit'],
    async (publisher) => {
      const [slow = 0, quick = 0] = await publisher.create(2)
      const token = await publisher.readToEnd()
      await publisher.act('hold', { key: slow })
      await publisher.change(quick)
      const batch = await publisher.readBatch(token)
      mustBeKeys(batch.entries, [quick], 'what came before the commit')
      await publisher.act('commit', {})
      mustBeKeys(await publisher.readAfter(batch.next), [slow], 'what came after it')
    },
  ),
  aCase(
    '4.13a',
    'each new number is above all before, whatever is changed',
    ['create', 'change'],
    async (publisher) => {
      const keys = await publisher.create(3)
      let token = await publisher.readToEnd()
      let highest = Math.max(...placesOf(await publisher.readAfter(null)))
      for (const changed of [[2], [2], [0, 2], [1], [0, 1, 2], [2]]) {
        await publisher.change(...changed.map((place) => keys[place] ?? 0))
        const batches = await publisher.readBatches(token)
        const places = placesOf(batches.flatMap(({ entries }) => entries))
        mustEqual(places.length, changed.length, 'records that came')
        must(Math.min(...places) > highest, `sequence numbers ${places.join()} after ${highest}`)
        highest = Math.max(...places)
        token = batches.at(-1)?.next ?? token
      }
    },
  ),
  aCase('4.14a', 'a record that always changes keeps no other waiting', ['create', 'change'], async (publisher) => {
    let token = await publisher.readToEnd()
    const [busy = 0, ...quiet] = await publisher.create(3)
    const waiting = new Set(quiet)
    for (let read = 0; read < 20 && waiting.size > 0; read += 1) {
      await publisher.change(busy)
      const { entries, next } = await publisher.readBatch(token, 1)
      for (const { key } of entries) waiting.delete(key)
      token = next
    }
    mustEqual([...waiting], [], 'records that have waited for 20 batches')
  }),
  aCase('4.15a', 'who asks again with the same token gets it all again', ['create'], async (publisher) => {
    const token = await publisher.readToEnd()
    const keys = await publisher.create(3)
    mustBeKeys(await publisher.readAfter(token), keys, 'what came at first')
    mustBeKeys(await publisher.readAfter(token), keys, 'what came again')
  }),
  aCase('4.15b', 'readers at different places do not disturb each other', ['create'], async (publisher) => {
    const early = await publisher.readToEnd()
    const first = await publisher.create(2)
    const late = await publisher.readToEnd()
    const second = await publisher.create(2)
    mustBeKeys(await publisher.readAfter(late), second, 'what the later one got')
    mustBeKeys(await publisher.readAfter(early), [...first, ...second], 'what the earlier one got')
  }),
  aCase('4.15c', 'eight readers at once get the same numbers', ['create'], async (publisher) => {
    const token = await publisher.readToEnd()
    const keys = await publisher.create(12)
    const reading = Array.from({ length: 8 }, (_, place) => publisher.readAfter(token, place + 2))
    const readers = await Promise.all(reading)
    const places = new Map(readers[0]?.map(({ key, place }) => [key, place]))
    for (const entries of readers) {
      mustBeKeys(entries, keys, 'what one of them got')
      mustEqual(
        placesOf(entries),
        entries.map(({ key }) => places.get(key)),
        'its sequence numbers',
      )
    }
    mustEqual(new Set(places.values()).size, keys.length, 'different sequence numbers')
  }),
  aCase('4.16a', 'what is not published does not come until it is', ['draft', 'publish'], async (publisher) => {
    const token = await publisher.readToEnd()
    const key = await publisher.draft()
    mustEqual(await publisher.readAfter(token), [], 'what came before')
    await publisher.act('publish', { keys: [key] })
    mustBeKeys(await publisher.readAfter(token), [key], 'what came once it was published')
  }),
]

const tokens: Case<Publisher>[] = [
  aCase('5.1a', 'a token has 1 to 200 characters', [], async (publisher) => {
    const { next } = await publisher.readBatch(null, 1)
    must(next.length >= 1 && next.length <= 200, `${next.length} characters`)
  }),
  aCase('5.2a', 'an earlier token is valid after later ones, with any limit', ['create'], async (publisher) => {
    const early = await publisher.readToEnd()
    const keys = await publisher.create(4)
    await publisher.readAfter(early, 1)
    await publisher.readToEnd()
    mustBeKeys(await publisher.readAfter(early, 3), keys, 'what came')
  }),
  aCase('5.2b', 'the token of a batch in the middle goes on there', ['create'], async (publisher) => {
    const start = await publisher.readToEnd()
    const keys = await publisher.create(4)
    const { entries, next } = await publisher.readBatch(start, 2)
    mustBeKeys([...entries, ...(await publisher.readAfter(next))], keys, 'both together')
  }),
  aCase('5.3a', 'an empty token is refused', [], async ({ names, talk }) => {
    mustRefuse(await talk.ask('GET', `/${names.feed}?after=`), 400, INVALID_TOKEN)
  }),
  aCase('5.3b', 'a text that is no token is refused', [], async ({ names, talk }) => {
    for (const text of ['mine', '0', 'null', '%00', '-1', '9'.repeat(300)]) {
      mustRefuse(await talk.ask('GET', `/${names.feed}?after=${text}`), 400, INVALID_TOKEN)
    }
  }),
]

const sizes: Case<Publisher>[] = [
  aCase(
    '16.1a',
    'a batch of large records ends before 2,000,000 bytes and says that there is more',
    ['create'],
    async (publisher) => {
      const token = await publisher.readToEnd()
      const keys = await publisher.create(25, 90_000)
      const batches = await publisher.readBatches(token)
      for (const { entries, body } of batches) {
        const bytes = Buffer.byteLength(JSON.stringify(body))
        must(entries.length < 2 || bytes <= 2_000_000, `${entries.length} records of ${bytes} bytes`)
      }
      must(batches.length > 1, 'all came in one batch')
      mustBeKeys(
        batches.flatMap(({ entries }) => entries),
        keys,
        'what came',
      )
    },
  ),
  aCase('17.1a', '`schema` is an integer from 1, where it is there', [], async (publisher) => {
    const { schema = 1 } = (await publisher.readBatch(null, 1)).body
    must(Number.isInteger(schema) && Number(schema) >= 1, `schema ${JSON.stringify(schema)}`)
  }),
]

/** The cases of sections 2 to 5, 16 and 17. */
export const FEED_CASES = [...requests, ...records, ...feed, ...tokens, ...sizes]
