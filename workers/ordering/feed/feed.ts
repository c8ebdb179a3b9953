import type { Order } from '../../../shared/contract/order.ts'
import { err, ok, type Result } from '../../../shared/result.ts'
import type { SpoiledRecord } from '../orders/order-store.ts'

/** A place in the feed: everything up to `number` has been read, in the history that `epoch` names. */
export type Token = { epoch: string; number: number }

/** What numbers the feed: its history, the highest number ever given, and the order that took it. */
export type FeedState = { epoch: string; highest: number; lastConfirmedAt: string; lastNumber: number }

/** The feed's state with what there is to read: the highest number that an order holds, and whether any waits for one. */
export type FeedSummary = { state: FeedState; highestHeld: number; waiting: boolean }

/** What a reader asks for: the orders after the token (null: from the start), at most `limit` of them. */
export type BatchRequest = { after: Token | null; limit: number }

/** A slice of the feed. `more` tells that something comes after it. */
export type Batch = { orders: (Order | SpoiledRecord)[]; next: Token; more: boolean }

/** A batch as it leaves the sequencer: its orders as the text of a JSON array, since objects would be copied one by one. */
export type WrittenBatch = { orders: string; next: Token; more: boolean }

/** The token is of another history than `state`'s, or of a part of it that was undone. */
export type FeedRefusal = { reason: 'restored'; asked: Token; state: FeedState }

const TOKEN = /^([0-9a-f]{16})\.(0|[1-9]\d{0,15})$/

/** The token as it travels; opaque to its reader. */
export function writeToken({ epoch, number }: Token): string {
  return `${epoch}.${number}`
}

/** The token that was written so; undefined for any other text. */
export function parseToken(text: string): Token | undefined {
  const match = TOKEN.exec(text)
  if (match === null) return undefined
  const number = Number(match[2])
  return Number.isSafeInteger(number) ? { epoch: match[1] ?? '', number } : undefined
}

/**
 * Whether the feed can be read on from the token. One of another epoch, or above the highest number, is of a history
 * that was undone: its reader would miss what was numbered since. It opens no epoch itself.
 */
export function judgeToken(asked: Token | null, state: FeedState): Result<null, FeedRefusal> {
  if (asked === null) return ok(null)
  if (asked.epoch !== state.epoch || asked.number > state.highest) return err({ reason: 'restored', asked, state })
  return ok(null)
}

/**
 * The answers when there is nothing to number and nothing new for any of the readers; undefined otherwise. An idle pull
 * is answered so, from three rows.
 */
export function answerNothingNew(
  { state, highestHeld, waiting }: FeedSummary,
  requests: readonly BatchRequest[],
): Result<Batch, FeedRefusal>[] | undefined {
  if (waiting || requests.some(({ after }) => highestHeld > (after?.number ?? 0))) return undefined
  return requests.map(({ after }) => {
    const judged = judgeToken(after, state)
    return judged.ok ? ok({ orders: [], next: after ?? { epoch: state.epoch, number: 0 }, more: false }) : judged
  })
}

/** What the feed has shown its readers, kept where a restore of D1 cannot reach it. */
export type Witness = { epoch: string; highest: number }

/**
 * Whether D1 still tells the history that was shown. It was restored when it is behind the witness or names another
 * epoch, and when orders are numbered that no witness knows of. D1 ahead in the same epoch is a crash before the witness was
 * written: D1 is right.
 */
export function judgeWitness(witness: Witness | undefined, state: FeedState): 'same history' | 'restored' {
  if (witness === undefined) return state.highest === 0 ? 'same history' : 'restored'
  return witness.epoch === state.epoch && witness.highest <= state.highest ? 'same history' : 'restored'
}
