import type { FeedState } from './token.ts'

/** What the feed has shown its readers, kept where a restore of D1 cannot reach it. */
export type Witness = { epoch: string; highest: number }

/**
 * Whether D1 still tells the history that was shown. It was restored when it is behind the witness or names another
 * epoch, and when records are numbered that no witness knows of. D1 ahead in the same epoch is a crash before the witness was
 * written: D1 is right.
 */
export function judgeWitness(witness: Witness | undefined, state: FeedState): 'same history' | 'restored' {
  if (witness === undefined) return state.highest === 0 ? 'same history' : 'restored'
  return witness.epoch === state.epoch && witness.highest <= state.highest ? 'same history' : 'restored'
}
