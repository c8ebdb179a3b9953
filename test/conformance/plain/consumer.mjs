// A consumer in plain JavaScript, written from shared/handover/PROTOCOL.md alone: `node consumer.mjs 9001`.
import { createServer } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import { text } from 'node:stream/consumers'

const NAMES = {
  feed: 'parcels',
  record: 'parcel',
  key: 'id',
  keys: 'ids',
  place: 'place',
  epochHeader: 'Parcel-Epoch',
  noticeKey: 'parcelId',
  tombstone: { deleted: true },
}
const MOST_CALLS = 30
const LIMIT = 500
const TIMEOUT_MS = 20_000
const RANGE = 256
const MOST_RANGES = 40
const MOST_RESTORED = 50

/** Serves a consumer of its own on 127.0.0.1: its pull is started, and its copies are seen, by the kit's control interface. */
export async function start(port = 0) {
  const db = new DatabaseSync(':memory:')
  const fault = { fail: 0, lose: 0 }
  const struck = (kind) => fault[kind] > 0 && (fault[kind] -= 1) === 0
  const all = (sql, ...values) => db.prepare(sql).all(...values)
  const get = (sql, ...values) => db.prepare(sql).get(...values)
  const run = (sql, ...values) => {
    if (struck('fail')) throw new Error('The database failed')
    return db.prepare(sql).run(...values)
  }
  const transaction = (work) => {
    db.exec('BEGIN IMMEDIATE')
    try {
      const done = work()
      db.exec('COMMIT')
      if (struck('lose')) throw new Error('The answer of the database was lost')
      return done
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK')
      throw error
    }
  }
  let publisher = ''
  let running = false

  function reset() {
    db.exec(`
      DROP TABLE IF EXISTS copies; DROP TABLE IF EXISTS state; DROP TABLE IF EXISTS epochs;
      DROP TABLE IF EXISTS quarantine; DROP TABLE IF EXISTS outbox;
      CREATE TABLE copies (id INTEGER PRIMARY KEY, revision INTEGER NOT NULL, fingerprint INTEGER NOT NULL, epoch TEXT NOT NULL,
        deleted INTEGER NOT NULL, orphaned INTEGER NOT NULL DEFAULT 0, record TEXT NOT NULL);
      CREATE TABLE state (token TEXT, epoch TEXT, repairing INTEGER NOT NULL DEFAULT 0);
      INSERT INTO state DEFAULT VALUES;
      CREATE TABLE epochs (epoch TEXT PRIMARY KEY);
      CREATE TABLE quarantine (subject TEXT PRIMARY KEY, id INTEGER, revision INTEGER, epoch TEXT NOT NULL, why TEXT NOT NULL);
      CREATE TABLE outbox (subject TEXT PRIMARY KEY, version INTEGER NOT NULL, id INTEGER NOT NULL, notice TEXT NOT NULL,
        pending INTEGER NOT NULL DEFAULT 1)`)
  }
  const state = () => get('SELECT token, epoch, repairing FROM state')

  /** Asks the publisher; undefined where that is no answer. */
  async function ask(path, body) {
    try {
      const sent = { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }
      const answer = await fetch(publisher + path, {
        ...(body === undefined ? {} : sent),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      if (answer.status >= 500) return undefined
      return { status: answer.status, body: await answer.json(), epoch: answer.headers.get(NAMES.epochHeader) }
    } catch {
      return undefined
    }
  }

  function readBatch(token) {
    return ask(`/parcels?limit=${LIMIT}${token === null ? '' : `&after=${encodeURIComponent(token)}`}`)
  }

  const isBatch = ({ status, body }) =>
    status === 200 &&
    Array.isArray(body?.parcels) &&
    isText(body.next) &&
    typeof body.more === 'boolean' &&
    isText(body.epoch)
  const isRestored = ({ status, body }) => status === 410 && body?.type === '/problems/restored' && isText(body.epoch)

  /**
   * Learns an epoch from an answer that was asked for while `known` was the current one: a new one becomes current, and the
   * feed is to be read from its start. False if it is one that was left.
   */
  function learnEpoch(epoch, known) {
    return transaction(() => {
      const current = state()
      if (current.epoch === epoch) {
        run('UPDATE state SET token = NULL, repairing = 1')
        return true
      }
      if (current.epoch !== known || get('SELECT 1 FROM epochs WHERE epoch = ?', epoch)) return false
      run('INSERT INTO epochs VALUES (?)', epoch)
      run('UPDATE state SET epoch = ?, token = NULL, repairing = ?', epoch, Number(known !== null))
      return true
    })
  }

  /** One run of the pull, to the feed's end or as far as its calls reach. */
  async function pull() {
    if (running) return 'skipped'
    running = true
    try {
      for (let calls = 0; calls < MOST_CALLS - 1; calls += 1) {
        const { token, epoch } = state()
        const answer = await readBatch(token)
        if (answer === undefined) return 'no answer'
        const { body } = answer
        if (isRestored(answer)) {
          if (!learnEpoch(body.epoch, epoch)) return 'an epoch that was left'
          continue
        }
        if (!isBatch(answer)) return 'no answer'
        if (body.epoch !== epoch) {
          if (!learnEpoch(body.epoch, epoch)) return 'an epoch that was left'
          if (epoch !== null) continue
        }
        if (!storeBatch(body, token)) return 'moved'
        if (!body.more) break
      }
      await sendNotices()
      return 'ok'
    } catch (error) {
      return String(error)
    } finally {
      running = false
    }
  }

  /** Stores a batch that was asked for with this token, or nothing of it. */
  function storeBatch({ parcels, next, more, epoch }, token) {
    return transaction(() => {
      const moved = run('UPDATE state SET token = ? WHERE token IS ? AND epoch = ?', next, token, epoch)
      if (moved.changes !== 1) return false
      for (const parcel of parcels) storeRecord(parcel, epoch)
      if (!more && state().repairing === 1) {
        run(
          `UPDATE copies SET orphaned = 1 WHERE epoch <> ?1
            AND NOT EXISTS (SELECT 1 FROM quarantine WHERE id = copies.id AND epoch = ?1)`,
          epoch,
        )
        run('UPDATE state SET repairing = 0')
      }
      return true
    })
  }

  function storeRecord(parcel, epoch) {
    const why = judge(parcel)
    if (why !== null) setAside(parcel, epoch, why)
    else storeCopy(parcel, epoch)
  }

  function setAside(parcel, epoch, why) {
    const id = isKey(parcel?.id) ? parcel.id : null
    const subject = id === null ? `place:${parcel?.place}` : `id:${id}`
    const revision = isCount(parcel?.revision) ? parcel.revision : null
    run('INSERT OR REPLACE INTO quarantine VALUES (?, ?, ?, ?, ?)', subject, id, revision, epoch, why)
    if (id === null) return
    run('UPDATE copies SET orphaned = 0 WHERE id = ?', id)
    notify(id, { kind: 'quarantined', error: why, attempts: 1, at: new Date().toISOString() })
  }

  function storeCopy(parcel, epoch) {
    const { id, revision, fingerprint, deleted } = parcel
    const copy = get('SELECT revision, fingerprint, epoch FROM copies WHERE id = ?', id)
    const isSame = copy?.fingerprint === fingerprint
    const isNewer = copy === undefined || (copy.epoch === epoch ? revision > copy.revision : !isSame)
    if (isNewer) {
      run(
        'INSERT OR REPLACE INTO copies VALUES (?, ?, ?, ?, ?, 0, ?)',
        id,
        revision,
        fingerprint,
        epoch,
        Number(deleted),
        JSON.stringify(parcel),
      )
    } else if (copy.epoch !== epoch || isSame) run('UPDATE copies SET epoch = ?, orphaned = 0 WHERE id = ?', epoch, id)
    release(id)
  }

  /** Releases what was set aside of a record, if its copy is as new. */
  function release(id) {
    const released = run(
      `DELETE FROM quarantine WHERE id = ?1 AND coalesce(revision, 0) <= (SELECT revision FROM copies WHERE id = ?1)`,
      id,
    )
    if (released.changes > 0) notify(id, { kind: 'released', at: new Date().toISOString() })
  }

  function notify(id, notice) {
    run(
      `INSERT INTO outbox VALUES (?, 1, ?, ?, 1)
        ON CONFLICT (subject) DO UPDATE SET version = version + 1, notice = excluded.notice, pending = 1`,
      `quarantine:${id}`,
      id,
      JSON.stringify(notice),
    )
  }

  async function sendNotices() {
    const pending = all('SELECT subject, version, id, notice FROM outbox WHERE pending = 1 LIMIT 200')
    if (pending.length === 0) return
    const notices = pending.map(({ subject, version, id, notice }) => ({
      subject,
      version,
      [NAMES.noticeKey]: id,
      notice: JSON.parse(notice),
    }))
    const answer = await ask('/notices', { notices })
    if (answer?.status !== 200) return
    // Those that were refused are not sent again either: they wait in the outbox for somebody who looks.
    for (const { subject, version } of pending) {
      run('UPDATE outbox SET pending = 0 WHERE subject = ? AND version = ?', subject, version)
    }
  }

  /** Reads one record by its key, and stores it as one of a batch; the token stays. */
  async function follow(id) {
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      const answer = await ask(`/parcels/${id}`)
      if (answer?.status !== 200 || answer.epoch === null || answer.body?.id !== id) return 'no answer'
      const { epoch } = state()
      if (epoch === null) learnEpoch(answer.epoch, null)
      if (state().epoch === answer.epoch) {
        transaction(() => storeRecord(answer.body, answer.epoch))
        return 'stored'
      }
      // It may have been under way: the feed, asked now, tells which epoch is the newer.
      const batch = await ask('/parcels?limit=1')
      if (batch === undefined || !isBatch(batch)) return 'no answer'
      if (batch.body.epoch !== epoch) learnEpoch(batch.body.epoch, epoch)
    }
    return 'another epoch'
  }

  /** Compares both sides up to the token, and corrects what differs twice. */
  async function compare() {
    const { token, epoch, repairing } = state()
    if (token === null || repairing === 1) return
    const digest = await ask(`/digest?after=${encodeURIComponent(token)}`)
    if (digest?.status !== 200 || digest.body.epoch !== epoch) return
    const ranges = differingRanges(digest.body)
    if (ranges.length === 0) return
    const first = await findDrift(token, ranges, [])
    const second = first.size === 0 ? first : await findDrift(token, [], [...first.keys()])
    const ahead = []
    for (const [id, theirs] of second) {
      if (first.get(id) === theirs && (await correct(id, epoch)) === 'ahead') ahead.push(id)
    }
    if (ahead.length === 0) return
    const parcels = ahead.map((id) => ({ ...get('SELECT id, revision, fingerprint FROM copies WHERE id = ?', id) }))
    const reported = await ask('/ahead', { epoch, parcels: parcels.slice(0, 100) })
    if (reported?.status === 200 && reported.body.epoch !== epoch) learnEpoch(reported.body.epoch, epoch)
  }

  const COMPARED = 'orphaned = 0 AND id NOT IN (SELECT value FROM json_each(?))'

  function differingRanges({ ranges, moving }) {
    const ours = all(
      `SELECT id / ${RANGE} AS range, count(*) AS count, sum(fingerprint) AS sum FROM copies WHERE ${COMPARED} GROUP BY 1`,
      JSON.stringify(moving),
    )
    const sums = new Map(ours.map(({ range, count, sum }) => [range, `${count} ${sum}`]))
    const differing = new Set(sums.keys())
    for (const [range, count, sum] of ranges) {
      if ((sums.get(range) ?? '0 0') === `${count} ${sum}`) differing.delete(range)
      else differing.add(range)
    }
    return [...differing].slice(0, MOST_RANGES)
  }

  /** What differs, by key: its fingerprint at the publisher, or null. */
  async function findDrift(after, ranges, ids) {
    const listed = await ask('/fingerprints', { after, ranges, ids })
    if (listed?.status !== 200) return new Map()
    const theirs = new Map(listed.body.parcels)
    const ours = all(
      `SELECT id, fingerprint FROM copies WHERE ${COMPARED}
        AND (id / ${RANGE} IN (SELECT value FROM json_each(?)) OR id IN (SELECT value FROM json_each(?)))`,
      JSON.stringify(listed.body.moving),
      JSON.stringify(ranges),
      JSON.stringify(ids),
    )
    const drift = new Map(theirs)
    for (const { id, fingerprint } of ours) {
      if (theirs.get(id) === fingerprint) drift.delete(id)
      else drift.set(id, theirs.get(id) ?? null)
    }
    return drift
  }

  async function correct(id, epoch) {
    const answer = await ask(`/parcels/${id}`)
    const copy = get('SELECT revision, fingerprint FROM copies WHERE id = ?', id)
    if (answer?.status === 404) return copy === undefined ? 'left' : 'ahead'
    if (answer?.status !== 200 || answer.epoch !== epoch || judge(answer.body) !== null) return 'left'
    const { revision, fingerprint } = answer.body
    const isAhead =
      copy !== undefined &&
      (copy.revision > revision || (copy.revision === revision && copy.fingerprint !== fingerprint))
    if (isAhead) return 'ahead'
    transaction(() => storeCopy(answer.body, epoch))
    return 'corrected'
  }

  async function restoreOrphans() {
    const parcels = all('SELECT record FROM copies WHERE orphaned = 1 LIMIT ?', MOST_RESTORED)
    if (parcels.length === 0) return
    await ask('/restore', { preview: false, parcels: parcels.map(({ record }) => JSON.parse(record)) })
  }

  // From here on: what the conformance kit has the consumer do, and what it sees of it.

  function injure(kind, call) {
    const wasStruck = fault[kind] === 0
    fault[kind] = call
    return { struck: wasStruck }
  }

  const hands = {
    reset: (told) => {
      publisher = told.publisher
      reset()
    },
    pull: async () => ({ outcome: await pull() }),
    follow: async ({ key }) => ({ outcome: await follow(key) }),
    retry: async ({ key }) => ({ outcome: await follow(key) }),
    compare,
    'restore-orphans': restoreOrphans,
    fail: ({ call }) => injure('fail', call),
    lose: ({ call }) => injure('lose', call),
  }
  const sample = { content: 'a parcel', deleted: false }
  const card = { names: NAMES, hands: Object.keys(hands), sample, text: 'content' }

  function look() {
    const copies = all('SELECT id, revision, deleted, orphaned, record FROM copies ORDER BY id')
    const isTrue = (value) => value === 1
    return {
      copies: copies.map(({ id, revision, deleted, orphaned, record }) => ({
        key: id,
        revision,
        deleted: isTrue(deleted),
        orphaned: isTrue(orphaned),
        record: JSON.parse(record),
      })),
      quarantined: all('SELECT id FROM quarantine ORDER BY id').map(({ id }) => id),
    }
  }

  reset()
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const name = request.url.slice(1)
    const answer = request.method === 'GET' ? (name === 'copies' ? look() : card) : await hands[name](JSON.parse(body))
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer ?? {}))
  })
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      }),
  }
}

const isText = (value) => typeof value === 'string' && value !== ''
const isCount = (value) => Number.isSafeInteger(value) && value >= 0
const isKey = (value) => isCount(value) && value >= 1 && value < 1e12

/** What is wrong with a parcel; null if it fits. Members that are not known here are passed over. */
function judge(parcel) {
  if (!isKey(parcel?.id)) return 'id is no key'
  if (!isCount(parcel.revision) || parcel.revision === 0) return 'revision is none'
  if (!isCount(parcel.fingerprint) || parcel.fingerprint >= 2 ** 40) return 'fingerprint is none'
  if (parcel.place !== -1 && !isCount(parcel.place)) return 'place is none'
  if (typeof parcel.deleted !== 'boolean') return 'deleted is neither true nor false'
  return typeof parcel.content === 'string' ? null : 'content is no text'
}

const { argv } = process
if (argv[1]?.endsWith('plain/consumer.mjs')) console.log((await start(Number(argv[2] ?? 9001))).url)
