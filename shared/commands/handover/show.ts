import { noCost } from '../../db/d1.ts'
import { openD1 } from '../../db/open-d1.ts'
import { createLog } from '../../edge/log.ts'
import { compareRecords } from '../../handover/consumer/compare.ts'
import type { Context } from '../../handover/consumer/definition.ts'
import { followOne } from '../../handover/consumer/deep-link.ts'
import { runPull } from '../../handover/consumer/pull/pull.ts'
import { underNames } from '../../handover/protocol.ts'
import { answerFeed } from '../../handover/publisher/answer.ts'
import type { Feed } from '../../handover/publisher/feed.ts'
import { numberAndReadBatches } from '../../handover/publisher/number-assignment-store.ts'
import { FeedSequencer } from '../../handover/publisher/sequencer.ts'
import { readFeedSummary } from '../../handover/publisher/state-store.ts'
import { openSqliteD1, type SentStatement } from '../../simulator/sqlite/sqlite-d1.ts'
import { readMigrationsOf } from './database.ts'
import type { AnyConsumer, Declared } from './declared.ts'

/** What was done, and the statements that it sent, each with its values in place. */
type Shown = { act: string; statements: string[] }

const EPOCH = '0123456789abcdef'

/**
 * Does on an empty database in memory what the hand-over does, and returns the statements as D1 gets them: to read, to paste
 * into a console, to explain.
 */
export async function showStatements(declared: Declared): Promise<Shown[]> {
  const sent: SentStatement[] = []
  const database = openSqliteD1(readMigrationsOf(declared.config), (statement) => void sent.push(statement))
  const shown: Shown[] = []
  const seen = new Set<string>()
  const act = async (name: string, what: () => Promise<unknown>): Promise<void> => {
    sent.length = 0
    await what()
    const fresh = sent.filter(({ query }) => !seen.has(query))
    for (const { query } of fresh) seen.add(query)
    shown.push({ act: name, statements: fresh.map(inPlace) })
  }
  if (declared.side === 'publisher') await publish(declared.feed, database, act)
  else await consume(declared.consumer, database, act)
  return shown.filter(({ statements }) => statements.length > 0)
}

type Act = (name: string, what: () => Promise<unknown>) => Promise<void>

async function publish({ release: _release, ...feed }: Feed, database: D1Database, act: Act): Promise<void> {
  const db = openD1(database, noCost())
  const log = createLog('error')
  const stored = new Map<string, unknown>()
  const sequencer = new FeedSequencer(feed, {
    openDb: () => db,
    storage: {
      get: <T>(name: string) => stored.get(name) as T | undefined,
      put: (name, value) => void stored.set(name, value),
    },
    log: () => log,
  })
  const { state } = await readFeedSummary(db, feed)
  const ask = async (method: string, path: string, body?: object): Promise<void> => {
    const json = { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
    const request = new Request(`http://feed${path}`, { method, ...(body === undefined ? {} : json) })
    await answerFeed(feed, { db, cost: noCost(), sequencer, log, now: new Date().toISOString() }, request)
  }
  const { names } = feed
  const token = `${state.epoch}.0`
  await act('An idle read of the feed', () => ask('GET', `/${names.feed}`))
  await act('What waits is numbered, and a batch is read', () =>
    numberAndReadBatches(db, feed, state, 500, [{ after: null, limit: 500 }]),
  )
  await act('One record', () => ask('GET', `/${names.feed}/1`))
  await act('Several records', () => ask('POST', `/${names.feed}/read`, { [names.keys]: [1, 2] }))
  await act('A digest', () => ask('GET', `/digest?after=${token}`))
  await act('Fingerprints', () => ask('POST', '/fingerprints', { after: token, ranges: [0], [names.keys]: [] }))
  await act('The lag of a reader', () => ask('GET', `/lag?after=${token}`))
  await act('A new epoch', () => sequencer.openEpochAfter(state.epoch))
}

async function consume(consumer: AnyConsumer, database: D1Database, act: Act): Promise<void> {
  const { names, probe } = consumer
  const record = JSON.parse(probe.text) as object
  // The database in memory notes no migrations.
  const { release: _release, ...unreleased } = consumer
  const shown: AnyConsumer = {
    ...unreleased,
    from: () => ({ fetch: (url: RequestInfo | URL) => Promise.resolve(answer(pathOf(url))) }),
    beforeReading: { facts: consumer.beforeReading.facts, act: () => Promise.resolve() },
    limits: () => ({
      maxLagSeconds: 180,
      maxAgreementAgeMinutes: 30,
      compareEveryMinutes: 0,
      keepRunsDays: 30,
      keepEvidenceDays: 365,
    }),
    traced: () => false,
  }

  function answer(path: string): Response {
    const headers = { [names.epochHeader]: EPOCH }
    switch (path) {
      case `/${names.feed}`: {
        const batch = { records: [record], next: `${EPOCH}.1`, more: false, epoch: EPOCH, schema: 1 }
        return Response.json(underNames(batch, { records: names.feed }))
      }
      case '/digest':
        return Response.json({ epoch: EPOCH, upTo: 1, ranges: [[Math.floor(probe.key / 256), 1, 1]], moving: [] })
      case '/fingerprints':
        return Response.json({ epoch: EPOCH, [names.feed]: [[probe.key, 1]], moving: [] })
      default:
        return Response.json(record, { headers })
    }
  }

  const db = openD1(database, noCost())
  const context = (): Context<object> => ({
    env: {},
    db,
    by: 'cron',
    now: new Date().toISOString(),
    requestId: crypto.randomUUID(),
    log: createLog('error'),
  })
  const platform = { newId: () => crypto.randomUUID(), elapsedMs: () => 0, letGo: () => Promise.resolve() }
  await act('A run of the pull, with one record', () => runPull(shown, context(), platform))
  await act('A deep link', () => followOne(shown, context(), probe.key, {}))
  await act('A comparison', () => compareRecords(shown, context()))
}

function pathOf(url: RequestInfo | URL): string {
  return new URL(url instanceof Request ? url.url : url).pathname
}

/** The statement with its values in the place of the marks, so that it runs as it stands. */
function inPlace({ query, values }: SentStatement): string {
  let next = 0
  const text = query.replaceAll(/'(?:[^']|'')*'|\?(\d*)/g, (found, place: string | undefined) => {
    if (found.startsWith("'")) return found
    const value = values[place === undefined || place === '' ? next++ : Number(place) - 1]
    return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : JSON.stringify(value).toUpperCase()
  })
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const indent = Math.min(...lines.slice(lines[0]?.startsWith(' ') === true ? 0 : 1).map((line) => line.search(/\S/)))
  return lines
    .map((line) => (line.startsWith(' ') ? line.slice(Number.isFinite(indent) ? indent : 0) : line))
    .join('\n')
}
