import type { Strike } from '../strike.ts'
import { takeFault } from '../fault.ts'

const LOOK_EVERY_MS = 4

/** Strikes that wait for what they match, and what is held. */
export type StrikeState = { strikes: Strike[]; held: number; releases: number }

export function noStrikes(): StrikeState {
  return { strikes: [], held: 0, releases: 0 }
}

/** Does the work as the first strike that matches one of the texts says; that strike is then spent. */
export async function struck<T>(state: StrikeState, texts: readonly string[], work: () => Promise<T>): Promise<T> {
  const strike = takeFault(state.strikes, texts)
  switch (strike?.kind) {
    case undefined:
      return work()
    case 'twice':
      await work().catch(() => undefined)
      return work()
    case 'hold-before':
      await hold(state)
      return work()
    case 'hold-after': {
      const done = await work()
      await hold(state)
      return done
    }
  }
}

/** Lets what is held go on, and sets the strikes that follow. */
export function setStrikes(state: StrikeState, strikes: Strike[]): void {
  state.strikes = strikes
  state.releases += 1
}

// Asked again and again: a promise that another request resolves would tie this one to it.
async function hold(state: StrikeState): Promise<void> {
  const before = state.releases
  state.held += 1
  try {
    while (state.releases === before) await scheduler.wait(LOOK_EVERY_MS)
  } finally {
    state.held -= 1
  }
}
