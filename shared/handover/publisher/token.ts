import { err, ok, type Result } from '../../result.ts'

/** A place in the feed: everything up to `number` has been read, in the history that `epoch` names. */
export type Token = { epoch: string; number: number }

/** What numbers the feed: its history, the highest number ever given, and the record that took it. */
export type FeedState = { epoch: string; highest: number; lastSince: string; lastKey: number }

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
