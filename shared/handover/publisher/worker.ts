import { DurableObject, WorkerEntrypoint } from 'cloudflare:workers'
import { noCost } from '../../db/d1.ts'
import { openD1 } from '../../db/open-d1.ts'
import { createLog, describeError } from '../../edge/log.ts'
import { problemResponse } from '../../edge/problem.ts'
import { HandoverError } from '../error.ts'
import { answerFeed } from './answer.ts'
import type { BatchRequest } from './readers.ts'
import type { Feed } from './feed.ts'
import { FeedSequencer, type Sequencer } from './sequencer.ts'

/** What the classes of a feed need of the Worker that they are in. */
export type FeedEnv = { DB: D1Database; LOG_LEVEL?: string }
/** The namespace of the class that `sequencerOf` makes. */
export type SequencerNamespace = DurableObjectNamespace<DurableObject & Sequencer>
/** What a Worker is bound to that publishes one feed. */
export type PublisherEnv = FeedEnv & { SEQUENCER: SequencerNamespace }

/**
 * The Durable Object that numbers the feed: export the class from the Worker, and bind it. It bears the feed's name. Under
 * another it throws HandoverError: a second feed was bound to the first one's class, and would hand over its records.
 */
export function sequencerOf(feed: Feed) {
  return class extends DurableObject<FeedEnv> implements Sequencer {
    readonly feed: FeedSequencer

    constructor(state: DurableObjectState, env: FeedEnv) {
      super(state, env)
      refuseOtherFeed(feed, state.id.name)
      this.feed = new FeedSequencer(feed, {
        openDb: (cost) => openD1(env.DB, cost),
        storage: state.storage.kv,
        log: () => createLog(env.LOG_LEVEL ?? ''),
      })
    }

    readBatch(request: BatchRequest): ReturnType<Sequencer['readBatch']> {
      return this.feed.readBatch(request)
    }

    openEpochAfter(epoch: string): Promise<string> {
      return this.feed.openEpochAfter(epoch)
    }

    allotKeys(count: number, above?: number): Promise<number> {
      return this.feed.allotKeys(count, above)
    }
  }
}

function refuseOtherFeed({ names: { feed } }: Feed, name: string | undefined): void {
  if (name === undefined || name === feed) return
  throw new HandoverError(
    'sequencer_is_of_another_feed',
    `The sequencer of ${feed} was asked for as ${name}: getByName needs the feed’s name, ${feed}. If ${name} is another feed, ` +
      `bind a class sequencerOf(…) of it, and name that binding to serviceOf`,
  )
}

/**
 * The entrypoint that a consumer's service binding names: it answers the protocol, and nothing else.
 * @param sequencerIn where the Worker has bound the sequencer of this feed
 */
export function serviceOf<E extends FeedEnv>(feed: Feed, sequencerIn: (env: E) => SequencerNamespace) {
  return class extends WorkerEntrypoint<E> {
    override fetch(request: Request): Promise<Response> {
      return answerRequest(feed, this.env, sequencerIn(this.env), request)
    }
  }
}

/** Answers the protocol; any other path is 404, and what is unexpected is logged and answered 500. */
async function answerRequest(
  feed: Feed,
  env: FeedEnv,
  sequencers: SequencerNamespace,
  request: Request,
): Promise<Response> {
  const cost = noCost()
  const log = createLog(env.LOG_LEVEL ?? '')
  const sequencer = sequencers.getByName(feed.names.feed)
  const world = { db: openD1(env.DB, cost), cost, sequencer, log, now: new Date().toISOString() }
  try {
    return (await answerFeed(feed, world, request)) ?? problemResponse('not-found', 'There is nothing at this address')
  } catch (error) {
    log.error('feed.failed', { path: new URL(request.url).pathname, ...describeError(error) })
    return problemResponse('unexpected', `The ${feed.names.feed} cannot be read; the log says why`)
  }
}
