import { DurableObject, WorkerEntrypoint } from 'cloudflare:workers'
import { noCost } from '../../db/d1.ts'
import { openD1 } from '../../db/open-d1.ts'
import { createLog, describeError } from '../../edge/log.ts'
import { problemResponse } from '../../edge/problem.ts'
import { answerFeed } from './answer.ts'
import type { BatchRequest } from './readers.ts'
import type { Feed } from './feed.ts'
import { FeedSequencer, type Sequencer } from './sequencer.ts'

/** What a publisher's Worker is bound to. `SEQUENCER` is the namespace of the class that `sequencerOf` makes. */
export type PublisherEnv = {
  DB: D1Database
  SEQUENCER: DurableObjectNamespace<DurableObject & Sequencer>
  LOG_LEVEL?: string
}

/** The Durable Object that numbers the feed: export the class from the Worker, and bind it as SEQUENCER. */
export function sequencerOf(feed: Feed) {
  return class extends DurableObject<PublisherEnv> implements Sequencer {
    readonly feed = new FeedSequencer(feed, {
      openDb: (cost) => openD1(this.env.DB, cost),
      storage: this.ctx.storage.kv,
      log: () => createLog(this.env.LOG_LEVEL ?? ''),
    })

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

/** The entrypoint that a consumer's service binding names: it answers the protocol, and nothing else. */
export function serviceOf(feed: Feed) {
  return class extends WorkerEntrypoint<PublisherEnv> {
    override fetch(request: Request): Promise<Response> {
      return answerRequest(feed, this.env, request)
    }
  }
}

/** Answers the protocol; any other path is 404, and what is unexpected is logged and answered 500. */
async function answerRequest(feed: Feed, env: PublisherEnv, request: Request): Promise<Response> {
  const cost = noCost()
  const log = createLog(env.LOG_LEVEL ?? '')
  const sequencer = env.SEQUENCER.getByName(feed.names.feed)
  const world = { db: openD1(env.DB, cost), cost, sequencer, log, now: new Date().toISOString() }
  try {
    return (await answerFeed(feed, world, request)) ?? problemResponse('not-found', 'There is nothing at this address')
  } catch (error) {
    log.error('feed.failed', { path: new URL(request.url).pathname, ...describeError(error) })
    return problemResponse('unexpected', `The ${feed.names.feed} cannot be read; the log says why`)
  }
}
