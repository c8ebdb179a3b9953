import type { Strike } from '../strike.ts'
import { noteStruck } from '../fault.ts'

const LOOK_EVERY_MS = 4

/** Strikes that wait for what they match, and what is held. */
export type StrikeState = { strikes: Strike[]; held: number; releases: number }

export function noStrikes(): StrikeState {
  return { strikes: [], held: 0, releases: 0 }
}

/** Does the work as the first strike that matches one of the texts says; that strike is then spent. */
export async function struck<T>(state: StrikeState, texts: readonly string[], work: () => Promise<T>): Promise<T> {
  const strike = takeStrike(state, texts)
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

function takeStrike({ strikes }: StrikeState, texts: readonly string[]): Strike | undefined {
  const strike = strikes.find(({ matching }) => texts.some((text) => text.includes(matching)))
  if (strike === undefined) return undefined
  if (strike.after !== undefined && strike.after > 0) {
    strike.after -= 1
    return undefined
  }
  strikes.splice(strikes.indexOf(strike), 1)
  noteStruck(strike.matching)
  return strike
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
