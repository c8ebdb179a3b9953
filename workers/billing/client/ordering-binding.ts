import * as z from '../../../shared/zod.ts'
import { EPOCH_HEADER } from '../../../shared/contract/order.ts'
import { err, ok, type Result } from '../../../shared/result.ts'

/** Ordering does not answer: nothing came in time, a 5xx, or something that is not what it sends. No order is at fault. */
export type NoAnswer = { reason: 'no_answer'; detail: string }

/** What ordering answered: JSON, below 500. `epoch` is the history that a single order's answer is of. */
export type Answer = { status: number; body: unknown; epoch: string | null }

/** Asks ordering over the binding, and waits for the whole answer, at most so long. With `body`, a POST of it as JSON. */
export async function ask(
  ordering: Fetcher,
  path: string,
  timeoutMs: number,
  body?: unknown,
): Promise<Result<Answer, NoAnswer>> {
  const controller = new AbortController()
  const late = Promise.withResolvers<Result<Answer, NoAnswer>>()
  const timer = setTimeout(() => {
    late.resolve(err(noAnswer(`It did not answer within ${timeoutMs / 1000} seconds`)))
    controller.abort()
  }, timeoutMs)
  try {
    // A signal does not reach a body that stalls once the answer's head is there.
    return await Promise.race([read(ordering, path, controller.signal, body), late.promise])
  } catch {
    // Whatever the binding throws (no Worker there, a crash, a lost connection), ordering did not answer. What was thrown is
    // for the log alone: TracedOrdering writes it.
    return err(noAnswer('The connection to it failed'))
  } finally {
    clearTimeout(timer)
  }
}

async function read(
  ordering: Fetcher,
  path: string,
  signal: AbortSignal,
  body: unknown,
): Promise<Result<Answer, NoAnswer>> {
  const posted = { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }
  // The host is ignored by the service; a URL needs one.
  const response = await ordering.fetch(
    `https://ordering${path}`,
    body === undefined ? { signal } : { signal, ...posted },
  )
  const { status, headers } = response
  if (status >= 500) {
    return err(noAnswer((await readReason(response)) ?? `It answered ${status}`))
  }
  try {
    return ok({ status, body: JSON.parse(await response.text()) as unknown, epoch: headers.get(EPOCH_HEADER) })
  } catch (error) {
    if (error instanceof SyntaxError) return err(noAnswer(`It answered ${status} with something that is not JSON`))
    throw error
  }
}

const OUT_OF_DATE = '/problems/database-out-of-date'
const outOfDate = z.object({ type: z.literal(OUT_OF_DATE), detail: z.string() })

/** What ordering itself says of why it cannot work; undefined for whatever else came. */
async function readReason(response: Response): Promise<string | undefined> {
  if (response.headers.get('Content-Type') !== 'application/problem+json') {
    await response.body?.cancel()
    return undefined
  }
  return outOfDate.safeParse(await response.json().catch(() => undefined)).data?.detail
}

/** Ordering did not answer: why, in a sentence for people, without what the platform said. */
export function noAnswer(detail: string): NoAnswer {
  return { reason: 'no_answer', detail }
}
