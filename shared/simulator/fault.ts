/**
 * What the database does with one batch or statement instead of answering: refuse it undone, also for want of room on its
 * disk; do it and lose the answer; do it while its sender crashes; or time out now and do it when `landLate` says so, as a
 * batch under way may still land.
 */
export type DatabaseFault = {
  kind: 'refuse' | 'no-room' | 'lose-answer' | 'crash-sender' | 'land-late'
  /** Only what contains this text in one of its statements; left out: whatever comes. */
  matching?: string
  /** How many that match are let through before it. */
  after?: number
  /** How many it strikes; left out: one. */
  times?: number
}

/** What ordering does with one call over the binding instead of answering it. */
export type BindingFault = (
  | { kind: 'no-answer' }
  | { kind: 'throw' }
  /** Ordering does its work, and the answer does not arrive. */
  | { kind: 'lose-answer' }
  /** An answer of its own, ordering unasked. */
  | { kind: 'answer'; status: number; body: string; contentType?: string }
  /** Ordering's answer, cut in the middle. */
  | { kind: 'half' }
  /** Ordering's answer with every occurrence of a text replaced by another. */
  | { kind: 'replace'; text: string; by: string }
  /** Another publisher answers, at this address. */
  | { kind: 'forward'; to: string }
) & {
  /** Only calls whose path and query contain this text. */
  matching?: string
  after?: number
  times?: number
}

type Countdown = { matching?: string; after?: number; times?: number }

/** The texts of the faults that struck since they were asked for last. */
const struckTexts: string[] = []

/** What struck since the last call, by the text that it was to match. */
export function takeStruckTexts(): string[] {
  return struckTexts.splice(0)
}

/** Notes that a fault has struck: one that never does tests nothing. */
function noteStruck(matching = ''): void {
  struckTexts.push(matching)
}

/** Takes the fault that strikes what is described by these texts, and counts it down; undefined if none does. */
export function takeFault<Fault extends Countdown>(faults: Fault[], texts: readonly string[]): Fault | undefined {
  const fault = faults.find(({ matching = '' }) => texts.some((text) => text.includes(matching)))
  if (fault === undefined) return undefined
  if (fault.after !== undefined && fault.after > 0) {
    fault.after -= 1
    return undefined
  }
  noteStruck(fault.matching)
  fault.times = (fault.times ?? 1) - 1
  if (fault.times === 0) faults.splice(faults.indexOf(fault), 1)
  return fault
}
