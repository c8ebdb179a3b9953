// A publisher in plain JavaScript, written from shared/handover/PROTOCOL.md alone: `node publisher.mjs 9000`.
import { randomBytes, randomInt } from 'node:crypto'
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
const MOST_BYTES = 1_000_000
const MOST_ANSWER_BYTES = 4_000_000
const PARAMETERS = { '/parcels': ['after', 'limit'], '/digest': ['after'], '/lag': ['after'] }
const TITLES = {
  400: 'Cannot be asked so',
  404: 'Nothing is here',
  409: 'Too much is moving',
  410: 'Of another history',
  422: 'The body does not fit',
  500: 'The database failed',
}

/** Serves a publisher of its own on 127.0.0.1. */
export async function start(port = 0) {
  const db = new DatabaseSync(':memory:')
  db.exec(`
    CREATE TABLE parcels (id INTEGER PRIMARY KEY, content TEXT NOT NULL, published INTEGER NOT NULL, deleted INTEGER NOT NULL DEFAULT 0,
      revision INTEGER NOT NULL, fingerprint INTEGER NOT NULL, place INTEGER NOT NULL DEFAULT -1, changed_at TEXT NOT NULL);
    CREATE INDEX parcels_feed ON parcels (place);
    CREATE TABLE feed (epoch TEXT NOT NULL, highest INTEGER NOT NULL, last INTEGER NOT NULL);
    CREATE TABLE notices (subject TEXT PRIMARY KEY, version INTEGER NOT NULL, notice TEXT NOT NULL)`)
  const all = (sql, ...values) => db.prepare(sql).all(...values)
  const get = (sql, ...values) => db.prepare(sql).get(...values)
  const run = (sql, ...values) => db.prepare(sql).run(...values)
  const transaction = (work) => {
    db.exec('BEGIN IMMEDIATE')
    try {
      const done = work()
      db.exec('COMMIT')
      return done
    } catch (error) {
      db.exec('ROLLBACK')
      throw error
    }
  }

  const newEpoch = () => randomBytes(12).toString('hex')
  run('INSERT INTO feed VALUES (?, 0, 0)', newEpoch())
  // What no restore of the database reaches. In earnest it is stored elsewhere, and written before an answer leaves.
  const witness = { ...get('SELECT epoch, highest FROM feed'), key: 0 }

  /** The feed's row, in a new epoch if the database is behind what was shown. */
  function heedWitness() {
    const feed = get('SELECT epoch, highest, last FROM feed')
    if (feed.epoch === witness.epoch && feed.highest >= witness.highest) return feed
    return openEpoch(feed)
  }

  function openEpoch(feed) {
    const epoch = newEpoch()
    const highest = Math.max(feed.highest, witness.highest)
    run('UPDATE feed SET epoch = ?, highest = ?', epoch, highest)
    Object.assign(witness, { epoch, highest })
    return { ...feed, epoch, highest }
  }

  function assignNumbers(feed, limit) {
    const waiting = all(
      'SELECT id FROM parcels WHERE place = -1 AND published ORDER BY id <= ?, id LIMIT ?',
      feed.last,
      limit,
    )
    let { highest } = feed
    for (const { id } of waiting) run('UPDATE parcels SET place = ? WHERE id = ?', (highest += 1), id)
    run('UPDATE feed SET highest = ?, last = ?', highest, waiting.at(-1)?.id ?? feed.last)
    witness.highest = highest
    return { ...feed, highest }
  }

  function readBatch(after, limit) {
    const feed = assignNumbers(heedWitness(), limit)
    if (isLost(after, feed)) return lost(after, feed)
    const parcels = []
    let bytes = 0
    for (const row of all(
      'SELECT * FROM parcels WHERE published AND place > ? ORDER BY place LIMIT ?',
      after?.place ?? 0,
      limit,
    )) {
      parcels.push(toRecord(row))
      bytes += bytesOf(row)
      if (bytes >= MOST_BYTES) break
    }
    const place = parcels.at(-1)?.place ?? after?.place ?? 0
    const more = get('SELECT 1 FROM parcels WHERE published AND (place = -1 OR place > ?) LIMIT 1', place) !== undefined
    return ok({ parcels, next: writeToken({ epoch: feed.epoch, place }), more, epoch: feed.epoch, schema: 1 })
  }

  function readSeveral(ids) {
    const answers = []
    let bytes = 0
    for (const id of ids) {
      if (bytes >= MOST_ANSWER_BYTES) break
      const row = find(id)
      bytes += bytesOf(row)
      answers.push({ id, parcel: row === undefined ? null : toRecord(row) })
    }
    return { answers, left: ids.slice(answers.length) }
  }

  const toRecord = ({ id, revision, place, fingerprint, deleted, changed_at: changedAt, content }) => ({
    id,
    revision,
    place,
    fingerprint,
    deleted: deleted === 1,
    changedAt,
    content,
  })
  const find = (id) => (isKey(id) ? get('SELECT * FROM parcels WHERE id = ? AND published', id) : undefined)
  const epochHeader = () => ({ [NAMES.epochHeader]: get('SELECT epoch FROM feed').epoch })
  const isLost = (token, feed) => token !== null && (token.epoch !== feed.epoch || token.place > feed.highest)
  const lost = (token, feed) =>
    refuse(410, 'restored', { epoch: feed.epoch, tokenEpoch: token.epoch, highest: feed.highest })

  /** What is settled up to the token, for `answer`, unless the token is lost or too much is moving. */
  function compare(token, answer) {
    const feed = heedWitness()
    if (isLost(token, feed)) return lost(token, feed)
    const moving = all(
      'SELECT id FROM parcels WHERE published AND (place = -1 OR place > ?) LIMIT 1001',
      token.place,
    ).map(({ id }) => id)
    if (moving.length > 1000) return refuse(409, 'unsettled')
    return ok({ epoch: feed.epoch, ...answer(), moving })
  }

  const SETTLED = 'published AND place > 0 AND place <= ?'

  function answerAhead({ epoch, parcels }) {
    const isProof = ({ id, revision, fingerprint }) => {
      const row = find(id)
      return (
        row === undefined || row.revision < revision || (row.revision === revision && row.fingerprint !== fingerprint)
      )
    }
    if (!parcels.some(isProof)) return ok({ epoch })
    const feed = heedWitness()
    return ok({ epoch: (feed.epoch === epoch ? openEpoch(feed) : feed).epoch })
  }

  function keepNotices(notices) {
    const refused = []
    for (const [place, notice] of notices.entries()) {
      if (isNotice(notice)) run(KEEP_NOTICE, notice.subject, notice.version, JSON.stringify(notice.notice))
      else refused.push(place)
    }
    return ok({ kept: notices.length - refused.length, refused })
  }

  function restoreMissing({ preview, parcels }) {
    const restored = []
    const refused = []
    for (const parcel of parcels) {
      const { id, content, deleted, revision } = parcel
      const fits = typeof content === 'string' && typeof deleted === 'boolean' && Number.isSafeInteger(revision)
      const reason = !fits ? 'unreadable' : get('SELECT 1 FROM parcels WHERE id = ?', id) ? 'number_taken' : null
      if (reason !== null) refused.push({ id, reason })
      else restored.push(id)
      if (reason !== null || preview) continue
      run(
        'INSERT INTO parcels VALUES (?, ?, 1, ?, ?, ?, -1, ?)',
        id,
        content,
        Number(deleted),
        revision + 1,
        drawFingerprint(),
        now(),
      )
      witness.key = Math.max(witness.key, id)
    }
    return ok({ restored, refused })
  }

  function countLag(token) {
    const { epoch } = get('SELECT epoch FROM feed')
    const waits = get(
      'SELECT count(*) AS waiting, min(changed_at) AS oldestWaitingAt FROM parcels WHERE published AND place = -1',
    )
    const { numbered } = get(
      'SELECT count(*) AS numbered FROM parcels WHERE published AND place > ?',
      token?.place ?? 0,
    )
    return ok({ epoch, ...waits, behind: waits.waiting + numbered })
  }

  /** Answers what the protocol names; undefined for any other path. */
  function answer(method, path, query, body) {
    if (method === 'POST' && BODIES[path]?.(body) === false) return refuse(422, 'invalid-body')
    const after = query.has('after') ? readToken(query.get('after')) : null
    const [, name, key] = path.split('/')
    switch (`${method} ${name === 'parcels' && method === 'GET' && key !== undefined ? '/parcels/…' : path}`) {
      case 'GET /parcels': {
        const limit = query.get('limit') ?? '500'
        if (after === undefined) return refuse(400, 'invalid-token')
        if (!/^[1-9]\d{0,3}$/.test(limit) || Number(limit) > 1000) return refuse(400, 'invalid-query')
        return transaction(() => readBatch(after, Number(limit)))
      }
      case 'GET /parcels/…': {
        const row = find(Number(key))
        return row === undefined
          ? { ...refuse(404, 'not-found'), headers: epochHeader() }
          : ok(toRecord(row), epochHeader())
      }
      case 'POST /parcels/read':
        return ok(readSeveral(body.ids), epochHeader())
      case 'GET /digest':
        if (!after) return refuse(400, 'invalid-token')
        return transaction(() =>
          compare(after, () => ({
            upTo: after.place,
            ranges: all(
              `SELECT id / 256 AS range, count(*) AS count, sum(fingerprint) AS sum FROM parcels WHERE ${SETTLED} GROUP BY 1`,
              after.place,
            ).map(({ range, count, sum }) => [range, count, sum]),
          })),
        )
      case 'POST /fingerprints': {
        const token = readToken(body.after)
        if (token === undefined) return refuse(400, 'invalid-token')
        return transaction(() =>
          compare(token, () => ({
            parcels: all(
              `SELECT id, fingerprint FROM parcels WHERE ${SETTLED} AND (id / 256 IN (SELECT value FROM json_each(?)) OR id IN (SELECT value FROM json_each(?)))`,
              token.place,
              JSON.stringify(body.ranges),
              JSON.stringify(body.ids),
            ).map(({ id, fingerprint }) => [id, fingerprint]),
          })),
        )
      }
      case 'POST /ahead':
        return transaction(() => answerAhead(body))
      case 'POST /notices':
        return transaction(() => keepNotices(body.notices))
      case 'POST /restore':
        return transaction(() => restoreMissing(body))
      case 'GET /lag':
        return after === undefined ? refuse(400, 'invalid-token') : countLag(after)
      default:
        return refuse(404, 'not-found')
    }
  }

  // From here on: what the application does with its parcels, and what the conformance kit may have done to them.

  function insert({ published = 1, bytes = 0 }) {
    const { highest } = get('SELECT coalesce(max(id), 0) AS highest FROM parcels')
    witness.key = Math.max(witness.key, highest) + 1
    begin((place) => {
      run(
        'INSERT INTO parcels VALUES (?, ?, ?, 0, 1, ?, ?, ?)',
        witness.key,
        'x'.repeat(bytes) || now(),
        published,
        drawFingerprint(),
        place,
        now(),
      )
    })()
    return witness.key
  }

  /** Begins a transaction that changes parcels; what is returned commits it. */
  function begin(work) {
    const place = -1
    return () => transaction(() => work(place))
  }

  const change = (id, column, value) =>
    begin((place) =>
      run(
        `UPDATE parcels SET ${column} = ?, revision = revision + 1, fingerprint = ?, place = ?, changed_at = ? WHERE id = ?`,
        value,
        drawFingerprint(),
        place,
        now(),
        id,
      ),
    )

  let changes = 0
  let broken = false
  const held = []
  const each = (keys, work) => keys.forEach((key) => work(key)())
  const hands = {
    create: ({ count = 1, bytes = 0 }) => ({ keys: Array.from({ length: count }, () => insert({ bytes })) }),
    draft: () => ({ keys: [insert({ published: 0 })] }),
    change: ({ keys }) => each(keys, (id) => change(id, 'content', `change ${(changes += 1)}`)),
    delete: ({ keys }) => each(keys, (id) => change(id, 'deleted', 1)),
    publish: ({ keys }) => each(keys, (id) => change(id, 'published', 1)),
    republish: ({ keys }) =>
      each(keys, (id) => begin((place) => run('UPDATE parcels SET place = ? WHERE id = ?', place, id))),
    hold: ({ key }) => void held.push(change(key, 'content', `change ${(changes += 1)}`)),
    commit: () => held.splice(0).forEach((commit) => commit()),
    keep: () =>
      db.exec(
        'DROP TABLE IF EXISTS kept_parcels; DROP TABLE IF EXISTS kept_feed; CREATE TABLE kept_parcels AS SELECT * FROM parcels; CREATE TABLE kept_feed AS SELECT * FROM feed',
      ),
    restore: () =>
      db.exec(
        'DELETE FROM parcels; DELETE FROM feed; INSERT INTO parcels SELECT * FROM kept_parcels; INSERT INTO feed SELECT * FROM kept_feed',
      ),
    break: () => void (broken = true),
    unbreak: () => void (broken = false),
  }
  const card = { names: NAMES, hands: Object.keys(hands), notice: { kind: 'released', at: '2026-03-01T12:00:00Z' } }

  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://publisher')
    const sent = await text(request)
    const { status, body, headers } = respond(request.method, pathname, searchParams, sent)
    const type = status < 400 ? 'application/json' : 'application/problem+json'
    response
      .writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store', ...headers })
      .end(JSON.stringify(body))
  })

  function respond(method, path, query, sent) {
    try {
      const body = sent === '' ? undefined : JSON.parse(sent)
      if (path === '/control') return ok(card)
      if (path.startsWith('/control/')) return ok(hands[path.slice('/control/'.length)](body) ?? {})
      if (broken) return refuse(500, 'unexpected')
      const known = PARAMETERS[path] ?? []
      const names = [...query.keys()]
      const isKnown = names.every((name) => known.includes(name)) && new Set(names).size === names.length
      if (!isKnown) return refuse(400, 'invalid-query')
      return answer(method, path, query, body)
    } catch (error) {
      return error instanceof SyntaxError
        ? refuse(400, 'invalid-json')
        : refuse(500, 'unexpected', { detail: String(error) })
    }
  }

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

const now = () => new Date().toISOString()
const drawFingerprint = () => randomInt(2 ** 40)
const ok = (body, headers = {}) => ({ status: 200, body, headers })
const refuse = (status, name, members = {}) => ({
  status,
  body: { type: `/problems/${name}`, title: TITLES[status], status, detail: TITLES[status], ...members },
  headers: {},
})

const writeToken = ({ epoch, place }) => `${epoch}.${place}`
function readToken(written) {
  const [, epoch, place] = /^([0-9a-f]{24})\.(0|[1-9]\d{0,14})$/.exec(String(written)) ?? []
  return epoch === undefined ? undefined : { epoch, place: Number(place) }
}

const isKey = (value) => Number.isInteger(value) && value >= 1 && value < 1e12
const isCount = (value) => Number.isSafeInteger(value) && value >= 0
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)
const isList = (value, least, most, fits) =>
  Array.isArray(value) && value.length >= least && value.length <= most && value.every(fits)
const hasOnly = (value, ...members) => isObject(value) && Object.keys(value).every((member) => members.includes(member))
const hasKey = (value) => isKey(value?.id)
const isCopy = (value) =>
  hasOnly(value, 'id', 'revision', 'fingerprint') &&
  isKey(value.id) &&
  isCount(value.revision) &&
  isCount(value.fingerprint)
const bytesOf = (row) => Buffer.byteLength(row?.content ?? '') + 200
const KEEP_NOTICE = `
  INSERT INTO notices VALUES (?, ?, ?) ON CONFLICT (subject) DO UPDATE SET version = excluded.version, notice = excluded.notice
  WHERE excluded.version > version`
const isNotice = (value) =>
  isObject(value) &&
  typeof value.subject === 'string' &&
  value.subject !== '' &&
  isCount(value.version) &&
  value.version > 0 &&
  isKey(value.parcelId) &&
  ['quarantined', 'released'].includes(value.notice?.kind)

/** Whether a body fits, by path. */
const BODIES = {
  '/parcels/read': (body) =>
    hasOnly(body, 'ids') && isList(body.ids, 1, 100, isKey) && new Set(body.ids).size === body.ids.length,
  '/fingerprints': (body) =>
    hasOnly(body, 'after', 'ranges', 'ids') &&
    isList(body.ranges, 0, 40, isCount) &&
    isList(body.ids, 0, 10_240, isKey),
  '/ahead': (body) =>
    hasOnly(body, 'epoch', 'parcels') && typeof body.epoch === 'string' && isList(body.parcels, 1, 100, isCopy),
  '/notices': (body) => hasOnly(body, 'notices') && isList(body.notices, 1, 200, () => true),
  '/restore': (body) =>
    hasOnly(body, 'preview', 'parcels') && typeof body.preview === 'boolean' && isList(body.parcels, 1, 50, hasKey),
}

const { argv } = process
if (argv[1]?.endsWith('plain/publisher.mjs')) console.log((await start(Number(argv[2] ?? 9000))).url)
