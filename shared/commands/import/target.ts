import { setTimeout as wait } from 'node:timers/promises'
import { CommandFailure } from '../support/command.ts'
import { describeRefusal, explainNoAnswer, readAnswer, serviceToken } from '../support/app-client.ts'
import type { Batch } from './batch.ts'
import type { Kind, Problem } from './kind.ts'

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 10_000
/** About a minute in all. */
const TRIES = 10
const TIMEOUT_MS = 120_000

/** What became of a batch. `line`: the number in the batch, from 1. */
export type ImportAnswer = {
  created: number
  changed: number
  unchanged: number
  failed: { line: number; externalId: string | null; problem: Problem }[]
}

/** Where records go: ordering's address, and how to end early. */
export type Target = {
  origin: string
  signal?: AbortSignal | undefined
  /** Told of each pause before another try. */
  onPause: (why: string, ms: number) => void
}

/**
 * Sends a batch, again and again with growing pauses while the app is away for a moment: repeating a batch changes
 * nothing more. Throws a CommandFailure once it stays away, or refuses the batch as a whole.
 */
export async function sendBatch(target: Target, kind: Kind, batch: Batch): Promise<ImportAnswer> {
  const body = Buffer.concat(batch.lines.flatMap(({ bytes }) => [bytes, Buffer.from('\n')]))
  for (let attempt = 1; ; attempt += 1) {
    const sent = await trySend(target, kind, body)
    if ('answer' in sent) return sent.answer
    if (attempt === TRIES) throw new CommandFailure(`${sent.why}, for a minute now. Run it again to continue.`)
    const ms = Math.max(Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS), sent.retryAfterMs)
    target.onPause(sent.why, ms)
    await wait(ms, undefined, { signal: target.signal })
  }
}

type Sent = { answer: ImportAnswer } | { why: string; retryAfterMs: number }

async function trySend({ origin, signal }: Target, kind: Kind, body: Buffer): Promise<Sent> {
  const bounded = AbortSignal.timeout(TIMEOUT_MS)
  const token = serviceToken(origin)
  const response = await fetch(new URL(`/api/${kind}/import`, origin), {
    method: 'POST',
    redirect: 'manual',
    headers: { 'Content-Type': 'application/x-ndjson', ...token },
    body: new Uint8Array(body),
    signal: signal === undefined ? bounded : AbortSignal.any([signal, bounded]),
  }).catch((error: unknown) => {
    signal?.throwIfAborted()
    return explainNoAnswer(error)
  })
  if (typeof response === 'string') return { why: `${origin} does not answer (${response})`, retryAfterMs: 0 }
  if (response.ok) return { answer: (await response.json()) as ImportAnswer }
  const refusal = describeRefusal(await readAnswer(response))
  if (response.status < 500 && response.status !== 429) {
    throw new CommandFailure(`${origin} refuses the import: ${refusal}`)
  }
  const retryAfter = Number(response.headers.get('Retry-After') ?? 0)
  return {
    why: `${origin} cannot import at the moment (${refusal})`,
    retryAfterMs: Number.isFinite(retryAfter) ? Math.min(retryAfter * 1_000, LONGEST_PAUSE_MS) : 0,
  }
}
