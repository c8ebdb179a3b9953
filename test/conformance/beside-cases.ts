import { aCase, type Case, must, mustEqual, NotOffered } from './case.ts'
import { mustRefuse } from './feed-cases.ts'
import type { Rec } from './names.ts'
import type { Entry, Publisher } from './publisher.ts'

const RANGE_SIZE = 256
const MOST_MOVING = 1_000
const RESTORE = ['create', 'keep', 'restore']
const INVALID_BODY = '/problems/invalid-body'

const rangeOf = (key: number): number => Math.floor(key / RANGE_SIZE)

/** What is random in a made-up fingerprint is that no record has it: it differs from one that has. */
const otherThan = (fingerprint: number): number => (fingerprint + 1) % 2 ** 40

/** Throws unless each of the bodies is refused whole. */
async function mustRefuseBodies(publisher: Publisher, path: string, bodies: readonly unknown[]): Promise<void> {
  for (const body of bodies) mustRefuse(await publisher.askOffered('POST', path, body), 422, INVALID_BODY)
}

const single: Case<Publisher>[] = [
  aCase('7.1a', 'a record by its key is what the feed says', ['create'], async (publisher) => {
    const token = await publisher.readToEnd()
    const key = await publisher.createOne()
    const [entry] = await publisher.readAfter(token)
    mustEqual((await publisher.readOne(key)).record, entry?.record, 'the record')
  }),
  aCase('7.1b', 'a record by its key is as it is now, numbered or not', ['create', 'change'], async (publisher) => {
    const key = await publisher.createOne()
    const { revision } = await publisher.readOne(key)
    await publisher.change(key)
    must((await publisher.readOne(key)).revision > revision, 'the revision of before was answered')
  }),
  aCase('7.1c', 'a tombstone by its key is answered as a record', ['create', 'delete'], async (publisher) => {
    const key = await publisher.createOne()
    await publisher.delete(key)
    mustEqual((await publisher.readOne(key)).deleted, true, 'tombstone')
  }),
  aCase('7.2a', 'reading a record by its key takes nothing from the feed', ['create'], async (publisher) => {
    const token = await publisher.readToEnd()
    const [key = 0, other] = await publisher.create(2)
    await publisher.readOne(key)
    await publisher.readOne(key)
    const came = (await publisher.readAfter(token)).map((entry) => entry.key)
    mustEqual(
      came.sort((one, another) => one - another),
      [key, other],
      'keys that came by the feed',
    )
  }),
  aCase('7.2b', 'reading a record by its key assigns no number', ['create'], async (publisher) => {
    await publisher.readToEnd()
    const key = await publisher.createOne()
    await publisher.readOne(key)
    mustEqual((await publisher.readOne(key)).place, -1, 'sequence number')
  }),
  aCase('7.3a', 'an unknown key is answered 404, and so is what is no key', [], async (publisher) => {
    for (const key of ['999999999998', '0', 'mine', '-1', '1.5']) {
      mustEqual((await publisher.askOne(key)).status, 404, `status of ${key}`)
    }
  }),
  aCase('7.3b', 'a record that is not published is answered 404', ['draft'], async (publisher) => {
    mustEqual((await publisher.askOne(await publisher.draft())).status, 404, 'status')
  }),
  aCase(
    '7.4a',
    'several are answered in the order of the question, null where there is none',
    ['create'],
    async (publisher) => {
      const { feed, record, key: member, keys: members, epochHeader } = publisher.names
      const [first = 0, second = 0] = await publisher.create(2)
      const asked = [second, 999_999_999_998, first]
      const reply = await publisher.askOffered('POST', `/${feed}/read`, { [members]: asked })
      mustEqual(reply.status, 200, 'status')
      const { answers, left } = reply.body as { answers: Rec[]; left: unknown }
      mustEqual(
        answers.map((answer) => answer[member]),
        asked,
        'keys',
      )
      mustEqual(left, [], 'left')
      const whole = [(await publisher.readOne(second)).record, null, (await publisher.readOne(first)).record]
      mustEqual(
        answers.map((answer) => answer[record]),
        whole,
        'records',
      )
      mustEqual(reply.headers.get(epochHeader), (await publisher.readBatch(null, 1)).epoch, epochHeader)
    },
  ),
  aCase('7.4b', 'no key, 101 keys, one twice and an unknown member are refused', [], async (publisher) => {
    const { feed, keys } = publisher.names
    const bodies = [[], Array.from({ length: 101 }, (_, place) => place + 1), [1, 1], ['one'], [0]]
    await mustRefuseBodies(publisher, `/${feed}/read`, [
      ...bodies.map((list) => ({ [keys]: list })),
      { [keys]: [1], more: 1 },
      {},
    ])
  }),
  aCase(
    '16.4a',
    'an answer of several ends behind 4,000,000 bytes, and names what is left',
    ['create'],
    async (publisher) => {
      const { feed, keys: members } = publisher.names
      const asked = await publisher.create(48, 90_000)
      const { body } = await publisher.askOffered('POST', `/${feed}/read`, { [members]: asked })
      const { answers, left } = body as { answers: Rec[]; left: number[] }
      must(answers.length > 0 && left.length > 0, `${answers.length} answers, ${left.length} left`)
      mustEqual([...answers.map((answer) => answer[publisher.names.key]), ...left], asked, 'answered and left')
    },
  ),
  aCase('2.10a', 'a body that is no JSON is refused', [], async (publisher) => {
    const reply = await publisher.askOffered('POST', '/fingerprints', '{"after": "')
    mustRefuse(reply, 400, '/problems/invalid-json')
  }),
]

type Digest = { epoch: unknown; upTo: number; ranges: [number, number, number][]; moving: number[] }

async function readDigest(publisher: Publisher, token: string): Promise<Digest> {
  const digest = await publisher.readOffered('GET', `/digest?after=${encodeURIComponent(token)}`)
  const { upTo, ranges, moving } = digest
  must(Number.isSafeInteger(upTo), `upTo ${JSON.stringify(upTo)}`)
  must(
    Array.isArray(ranges) && ranges.every((range) => Array.isArray(range) && range.length === 3),
    'ranges is no list of threes',
  )
  must(Array.isArray(moving), 'moving is no list')
  return digest as Digest
}

/** The ranges as they follow from the records, and those of the digest that hold any. */
function mustBeRanges({ ranges }: Digest, entries: readonly Entry[]): void {
  const expected = new Map<number, [number, number, number]>()
  for (const { key, fingerprint } of entries) {
    const [range, count, sum] = expected.get(rangeOf(key)) ?? [rangeOf(key), 0, 0]
    expected.set(range, [range, count + 1, sum + fingerprint])
  }
  const byRange = (one: readonly number[], other: readonly number[]) => (one[0] ?? 0) - (other[0] ?? 0)
  const seen = ranges.filter(([, count, sum]) => count !== 0 || sum !== 0)
  mustEqual(seen.sort(byRange), [...expected.values()].sort(byRange), 'ranges')
}

function askFingerprints(publisher: Publisher, after: string, ranges: number[], keys: number[]) {
  return publisher.readOffered('POST', '/fingerprints', { after, ranges, [publisher.names.keys]: keys })
}

const reconciliation: Case<Publisher>[] = [
  aCase(
    '11.2a',
    'the digest counts and sums what the feed says, tombstones too',
    ['create', 'delete'],
    async (publisher) => {
      const keys = await publisher.create(3)
      await publisher.delete(keys[0] ?? 0)
      const token = await publisher.readToEnd()
      const digest = await readDigest(publisher, token)
      mustEqual(digest.moving, [], 'moving')
      mustEqual(digest.epoch, (await publisher.readBatch(token)).epoch, 'epoch')
      mustBeRanges(digest, await publisher.readAfter(null))
    },
  ),
  aCase('11.2b', '`upTo` grows with the token', ['create'], async (publisher) => {
    const before = await readDigest(publisher, await publisher.readToEnd())
    await publisher.create(2)
    const after = await readDigest(publisher, await publisher.readToEnd())
    must(after.upTo > before.upTo, `${after.upTo} after ${before.upTo}`)
  }),
  aCase(
    '11.3a',
    'what waits for its number is moving, and left out of the sums',
    ['create', 'change'],
    async (publisher) => {
      const [changed = 0] = await publisher.create(3)
      const token = await publisher.readToEnd()
      const entries = await publisher.readAfter(null)
      await publisher.change(changed)
      const digest = await readDigest(publisher, token)
      mustEqual(digest.moving, [changed], 'moving')
      mustBeRanges(
        digest,
        entries.filter(({ key }) => key !== changed),
      )
    },
  ),
  aCase(
    '11.3b',
    'what came after the token is moving, and left out of the sums',
    ['create', 'change'],
    async (publisher) => {
      const [changed = 0] = await publisher.create(3)
      const token = await publisher.readToEnd()
      const entries = await publisher.readAfter(null)
      await publisher.change(changed)
      const added = await publisher.createOne()
      await publisher.readToEnd()
      const digest = await readDigest(publisher, token)
      mustEqual(
        digest.moving.sort((one, other) => one - other),
        [changed, added],
        'moving',
      )
      mustBeRanges(
        digest,
        entries.filter(({ key }) => key !== changed),
      )
    },
  ),
  aCase(
    '11.4a',
    'fingerprints are answered by range and by key, without what is moving',
    ['create', 'change'],
    async (publisher) => {
      const keys = await publisher.create(3)
      const [changed = 0, still = 0] = keys
      const token = await publisher.readToEnd()
      const entries = await publisher.readAfter(null)
      await publisher.change(changed)
      const pairs = (wanted: (key: number) => boolean) =>
        entries
          .filter(({ key }) => key !== changed && wanted(key))
          .map(({ key, fingerprint }): [number, number] => [key, fingerprint])
      const sorted = (body: Rec) =>
        (body[publisher.names.feed] as number[][]).sort(([one = 0], [other = 0]) => one - other)
      const byKey = await askFingerprints(publisher, token, [], [still, changed, 999_999_999_998])
      mustEqual(
        sorted(byKey),
        pairs((key) => key === still),
        'fingerprints by key',
      )
      mustEqual(byKey['moving'], [changed], 'moving')
      const byRange = await askFingerprints(publisher, token, [rangeOf(still)], [])
      const expected = pairs((key) => rangeOf(key) === rangeOf(still)).sort(([one], [other]) => one - other)
      mustEqual(sorted(byRange), expected, 'fingerprints by range')
    },
  ),
  aCase('11.4b', 'too many ranges or keys and unknown members are refused', [], async (publisher) => {
    const after = await publisher.readToEnd()
    const { keys } = publisher.names
    const many = (length: number) => Array.from({ length }, (_, place) => place + 1)
    await mustRefuseBodies(publisher, '/fingerprints', [
      { after, ranges: many(41), [keys]: [] },
      { after, ranges: [], [keys]: many(10_241) },
      { after, ranges: [], [keys]: [], more: true },
      { after, ranges: [-1], [keys]: [] },
      {},
    ])
  }),
  aCase('11.5a', 'what is no token is refused', [], async (publisher) => {
    const { keys } = publisher.names
    mustRefuse(await publisher.askOffered('GET', '/digest?after=mine'), 400, '/problems/invalid-token')
    const body = { after: 'mine', ranges: [], [keys]: [] }
    mustRefuse(await publisher.askOffered('POST', '/fingerprints', body), 400, '/problems/invalid-token')
  }),
  aCase('11.5b', 'the token of a history that was undone is refused', RESTORE, async (publisher) => {
    let token = ''
    await publisher.restoreAfter(async () => {
      await publisher.create(2)
      token = await publisher.readToEnd()
    })
    await publisher.readBatch(null, 1)
    const restored = await publisher.askOffered('GET', `/digest?after=${encodeURIComponent(token)}`)
    mustRefuse(restored, 410, '/problems/restored')
  }),
  aCase('11.6a', 'nothing is compared while more than 1,000 are moving', ['create'], async (publisher) => {
    const token = await publisher.readToEnd()
    await readDigest(publisher, token)
    await publisher.create(MOST_MOVING + 1)
    const unsettled = await publisher.askOffered('GET', `/digest?after=${encodeURIComponent(token)}`)
    mustRefuse(unsettled, 409, '/problems/unsettled')
    await readDigest(publisher, await publisher.readToEnd())
  }),
]

/** Reports a copy, and returns the epochs before, answered and after. */
async function reportAhead(
  publisher: Publisher,
  copy: { key: number; revision: number; fingerprint: number },
  sent?: string,
) {
  const { feed, key: member } = publisher.names
  const { epoch: before = '' } = await publisher.readBatch(null, 1)
  const { key, revision, fingerprint } = copy
  const body = { epoch: sent ?? before, [feed]: [{ [member]: key, revision, fingerprint }] }
  const { epoch: answered } = await publisher.readOffered('POST', '/ahead', body)
  return { before, answered, after: (await publisher.readBatch(null, 1)).epoch }
}

const ahead: Case<Publisher>[] = [
  aCase(
    '12.2a',
    'a copy of a higher revision proves a restore: a new epoch begins, and old tokens end',
    ['create'],
    async (publisher) => {
      const { key, revision, fingerprint } = await publisher.readOne(await publisher.createOne())
      const token = await publisher.readToEnd()
      const { before, answered, after } = await reportAhead(publisher, { key, revision: revision + 1, fingerprint })
      must(after !== before, `the epoch is still ${before}`)
      mustEqual(answered, after, 'epoch that was answered')
      mustRefuse(await publisher.askBatch(token, 1), 410, '/problems/restored')
    },
  ),
  aCase('12.2b', 'so does a copy of the same revision with another fingerprint', ['create'], async (publisher) => {
    const { key, revision, fingerprint } = await publisher.readOne(await publisher.createOne())
    const { before, answered, after } = await reportAhead(publisher, {
      key,
      revision,
      fingerprint: otherThan(fingerprint),
    })
    must(after !== before, `the epoch is still ${before}`)
    mustEqual(answered, after, 'epoch that was answered')
  }),
  aCase('12.2c', 'so does a copy of a record that is not there', [], async (publisher) => {
    const { before, after } = await reportAhead(publisher, { key: 999_999_999_998, revision: 1, fingerprint: 1 })
    must(after !== before, `the epoch is still ${before}`)
  }),
  aCase('12.2d', 'a proof that was sent in another epoch begins none', [], async (publisher) => {
    const copy = { key: 999_999_999_998, revision: 1, fingerprint: 1 }
    const { before, answered, after } = await reportAhead(publisher, copy, '0000000000000000')
    mustEqual([answered, after], [before, before], 'epochs')
  }),
  aCase('12.3a', 'a copy that is equal or older proves nothing', ['create', 'change'], async (publisher) => {
    const key = await publisher.createOne()
    const old = await publisher.readOne(key)
    const equal = await reportAhead(publisher, old)
    mustEqual([equal.answered, equal.after], [equal.before, equal.before], 'epochs with an equal copy')
    await publisher.change(key)
    const older = await reportAhead(publisher, old)
    mustEqual([older.answered, older.after], [older.before, older.before], 'epochs with an older copy')
  }),
  aCase('12.1a', 'no copy, 101 copies and an unknown member are refused', [], async (publisher) => {
    const { feed, key } = publisher.names
    const copy = { [key]: 1, revision: 1, fingerprint: 1 }
    const lists = [[], Array.from({ length: 101 }, () => copy), [{ ...copy, more: 1 }]]
    await mustRefuseBodies(
      publisher,
      '/ahead',
      lists.map((list) => ({ epoch: 'mine', [feed]: list })),
    )
  }),
]

function aNotice(publisher: Publisher, version: number, notice: Rec | undefined): Rec {
  if (publisher.notice === undefined) throw new NotOffered('its card names no notice that it can read')
  return { subject: 'conformance', version, [publisher.names.noticeKey]: 1, notice: notice ?? publisher.notice }
}

const notices: Case<Publisher>[] = [
  aCase('13.2a', 'a notice is kept, and one that comes again or late is as well', [], async (publisher) => {
    for (const version of [2, 2, 1]) {
      const answered = await publisher.readOffered('POST', '/notices', {
        notices: [aNotice(publisher, version, undefined)],
      })
      mustEqual(answered, { kept: 1, refused: [] }, `answer to version ${version}`)
    }
  }),
  aCase('13.3a', 'one that cannot be read is refused by its place and holds up no other', [], async (publisher) => {
    const good = aNotice(publisher, 3, undefined)
    const bad = [{ ...good, version: 0 }, { ...good, notice: { kind: '' } }, null, { ...good, subject: '' }]
    const [first, second, third, fourth] = bad
    const sent = { notices: [first, good, second, third, good, fourth] }
    mustEqual(await publisher.readOffered('POST', '/notices', sent), { kept: 2, refused: [0, 2, 3, 5] }, 'answer')
  }),
  aCase('13.1a', 'no notice and 201 are refused', [], async (publisher) => {
    const notice = aNotice(publisher, 4, undefined)
    const many = Array.from({ length: 201 }, () => notice)
    await mustRefuseBodies(publisher, '/notices', [{ notices: [] }, { notices: many }, { notices: 'all' }])
  }),
]

function readLag(publisher: Publisher, token: string | null): Promise<Rec> {
  return publisher.readOffered('GET', token === null ? '/lag' : `/lag?after=${encodeURIComponent(token)}`)
}

const lag: Case<Publisher>[] = [
  aCase('14.1a', 'nothing is behind the end', [], async (publisher) => {
    const token = await publisher.readToEnd()
    const { epoch } = await publisher.readBatch(token)
    mustEqual(await readLag(publisher, token), { epoch, waiting: 0, oldestWaitingAt: null, behind: 0 }, 'lag')
  }),
  aCase('14.1b', 'what waits and what is behind the token is counted', ['create'], async (publisher) => {
    const token = await publisher.readToEnd()
    await publisher.create(3)
    const waiting = await readLag(publisher, token)
    mustEqual([waiting['waiting'], waiting['behind']], [3, 3], 'waiting and behind before the feed was read')
    must(
      !Number.isNaN(Date.parse(String(waiting['oldestWaitingAt']))),
      `oldestWaitingAt ${String(waiting['oldestWaitingAt'])}`,
    )
    await publisher.readToEnd()
    const numbered = await readLag(publisher, token)
    mustEqual(
      [numbered['waiting'], numbered['oldestWaitingAt'], numbered['behind']],
      [0, null, 3],
      'lag once it was read',
    )
  }),
  aCase('14.1c', 'without a token all is behind', ['create'], async (publisher) => {
    await publisher.createOne()
    must(Number((await readLag(publisher, null))['behind']) > 0, 'nothing is behind the start')
  }),
  aCase('14.3a', 'counting assigns no number', ['create'], async (publisher) => {
    const token = await publisher.readToEnd()
    const key = await publisher.createOne()
    await readLag(publisher, token)
    mustEqual((await publisher.readOne(key)).place, -1, 'sequence number')
  }),
]

/** A record that a restore has lost, as its consumer has it. */
async function loseOne(publisher: Publisher): Promise<Entry> {
  let lost: Entry | undefined
  await publisher.readToEnd()
  await publisher.restoreAfter(async () => {
    const token = await publisher.readToEnd()
    await publisher.createOne()
    lost = (await publisher.readAfter(token))[0]
  })
  await publisher.readBatch(null, 1)
  if (lost === undefined) throw new Error('The record that was to be lost never came')
  return lost
}

function askToRestore(publisher: Publisher, preview: boolean, ...given: Rec[]): Promise<Rec> {
  return publisher.readOffered('POST', '/restore', { preview, [publisher.names.feed]: given })
}

const restoring: Case<Publisher>[] = [
  aCase(
    '15.2a',
    'a lost record is restored under its key, in a higher revision, and comes by the feed',
    RESTORE,
    async (publisher) => {
      const lost = await loseOne(publisher)
      const token = await publisher.readToEnd()
      mustEqual(await askToRestore(publisher, false, lost.record), { restored: [lost.key], refused: [] }, 'answer')
      const entries = await publisher.readAfter(token)
      mustEqual(
        entries.map(({ key }) => key),
        [lost.key],
        'keys that came',
      )
      must((entries[0]?.revision ?? 0) > lost.revision, `revision ${entries[0]?.revision} after ${lost.revision}`)
    },
  ),
  aCase('15.2b', 'a preview answers the same and changes nothing', RESTORE, async (publisher) => {
    const lost = await loseOne(publisher)
    const token = await publisher.readToEnd()
    mustEqual(await askToRestore(publisher, true, lost.record), { restored: [lost.key], refused: [] }, 'answer')
    mustEqual((await publisher.askOne(lost.key)).status, 404, 'status of the record')
    mustEqual(await publisher.readAfter(token), [], 'what came')
  }),
  aCase('15.3a', 'a record whose key is taken is refused', ['create'], async (publisher) => {
    const { key, record } = await publisher.readOne(await publisher.createOne())
    const refused = [{ [publisher.names.key]: key, reason: 'number_taken' }]
    mustEqual(await askToRestore(publisher, false, record), { restored: [], refused }, 'answer')
  }),
  aCase('15.3b', 'a record that does not fit is refused and holds up no other', RESTORE, async (publisher) => {
    const { key: member } = publisher.names
    const lost = await loseOne(publisher)
    const torn = { [member]: 999_999_999_997 }
    const answer = await askToRestore(publisher, false, torn, lost.record)
    mustEqual(answer, { restored: [lost.key], refused: [{ ...torn, reason: 'unreadable' }] }, 'answer')
  }),
  aCase('15.1a', 'no record and 51 are refused', [], async (publisher) => {
    const { feed, key } = publisher.names
    const many = Array.from({ length: 51 }, (_, place) => ({ [key]: place + 1 }))
    await mustRefuseBodies(publisher, '/restore', [
      { preview: true, [feed]: [] },
      { preview: true, [feed]: many },
      { [feed]: [{ [key]: 1 }] },
    ])
  }),
]

/** The cases of sections 7 and 11 to 15. */
export const BESIDE_CASES = [...single, ...reconciliation, ...ahead, ...notices, ...lag, ...restoring]
