import * as z from '../../../shared/zod.ts'
import {
  type AgreementDigest,
  agreementDigest,
  type AheadReport,
  type FingerprintList,
  fingerprintList,
  type FingerprintQuery,
  type RestoreOutcome,
  restoreOutcome,
} from '../../../shared/contract/agreement.ts'
import type { PublishedOrder } from '../../../shared/contract/order.ts'
import {
  type FeedLag,
  feedLag,
  type OrderStanding,
  orderStanding,
  type SoughtOrders,
  soughtOrders,
  type NoticesKept,
  noticesKept,
  type SentNotice,
} from '../../../shared/contract/notices.ts'
import { err, ok, type Result } from '../../../shared/result.ts'
import { ask, type NoAnswer, noAnswer } from './ordering-binding.ts'

const TIMEOUT_MS = 20_000
const LAG_TIMEOUT_MS = 2_000

/** Why nothing can be compared now; the next pull or the next comparison sees to it. */
export type NotComparable = NoAnswer | { reason: 'restored' } | { reason: 'unsettled' }

/** Asks for count and sum of fingerprints by range, of the orders up to the token. */
export function fetchDigest(ordering: Fetcher, token: string): Promise<Result<AgreementDigest, NotComparable>> {
  return compare(ordering, `/digest?after=${encodeURIComponent(token)}`, agreementDigest)
}

/** Asks for the fingerprints of settled orders up to the token. */
export function fetchFingerprints(
  ordering: Fetcher,
  query: FingerprintQuery,
): Promise<Result<FingerprintList, NotComparable>> {
  return compare(ordering, '/fingerprints', fingerprintList, query)
}

async function compare<T>(
  ordering: Fetcher,
  path: string,
  shape: z.ZodMiniType<T>,
  body?: unknown,
): Promise<Result<T, NotComparable>> {
  const asked = await ask(ordering, path, TIMEOUT_MS, body)
  if (!asked.ok) return asked
  const { status } = asked.value
  if (status === 410) return err({ reason: 'restored' })
  if (status === 409) return err({ reason: 'unsettled' })
  return parse(shape, asked.value)
}

/** Reports what billing holds that ordering has lost; returns the epoch that is current in ordering then. */
export async function reportAhead(
  ordering: Fetcher,
  report: AheadReport,
): Promise<Result<{ epoch: string }, NoAnswer>> {
  const asked = await ask(ordering, '/ahead', TIMEOUT_MS, report)
  return asked.ok ? parse(z.object({ epoch: z.string().check(z.minLength(1), z.maxLength(100)) }), asked.value) : asked
}

/** Asks where an order stands in ordering; null if it was never confirmed there. */
export async function fetchStanding(
  ordering: Fetcher,
  number: number,
): Promise<Result<OrderStanding | null, NoAnswer>> {
  const asked = await ask(ordering, `/orders/${number}/standing`, LAG_TIMEOUT_MS)
  if (!asked.ok) return asked
  return asked.value.status === 404 ? ok(null) : parse(orderStanding, asked.value)
}

/** Asks for the orders that have this number or external id in ordering, whether billing has them or not. */
export async function fetchSought(ordering: Fetcher, q: string): Promise<Result<SoughtOrders['orders'], NoAnswer>> {
  const asked = await ask(ordering, `/orders/find?q=${encodeURIComponent(q)}`, LAG_TIMEOUT_MS)
  if (!asked.ok) return asked
  const parsed = parse(soughtOrders, asked.value)
  return parsed.ok ? ok(parsed.value.orders) : parsed
}

/** Gives orders back that ordering has lost; it takes those whose number and external id are free. */
export async function restoreOrders(
  ordering: Fetcher,
  restored: { preview: boolean; orders: PublishedOrder[] },
): Promise<Result<RestoreOutcome, NoAnswer>> {
  const asked = await ask(ordering, '/restore', TIMEOUT_MS, restored)
  return asked.ok ? parse(restoreOutcome, asked.value) : asked
}

/**
 * Notifies ordering; it records the newest notice of each subject, so that notifying it twice does no harm. `refused` are the places
 * of those that it cannot read.
 */
export async function sendNotices(
  ordering: Fetcher,
  notices: readonly SentNotice[],
): Promise<Result<NoticesKept, NoAnswer>> {
  const asked = await ask(ordering, '/notices', TIMEOUT_MS, { notices })
  return asked.ok ? parse(noticesKept, asked.value) : asked
}

/** Asks how far the feed is ahead of the token. */
export async function fetchLag(ordering: Fetcher, token: string | null): Promise<Result<FeedLag, NoAnswer>> {
  const after = token === null ? '' : `?after=${encodeURIComponent(token)}`
  const asked = await ask(ordering, `/lag${after}`, LAG_TIMEOUT_MS)
  return asked.ok ? parse(feedLag, asked.value) : asked
}

function parse<T>(shape: z.ZodMiniType<T>, { status, body }: { status: number; body: unknown }): Result<T, NoAnswer> {
  if (status !== 200) return err(noAnswer(`It answered ${status}`))
  const parsed = shape.safeParse(body)
  return parsed.success ? ok(parsed.data) : err(noAnswer('Its answer does not have the agreed shape'))
}
