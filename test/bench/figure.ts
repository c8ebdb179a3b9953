/** What one contender reached: each round's figure, and the one in the middle. */
export type Figure = { who: string; median: number; low: number; high: number; rounds: number[] }
/** A bound that a measure is held to. `reached` is a ratio within one run, or a count that does not depend on the machine. */
export type Goal = { what: string; bound: 'at least' | 'at most'; goal: number; reached: number }
/** One measure: the product first, then what it is compared with. */
export type Measure = { name: string; unit: string; figures: Figure[]; goals: Goal[] }

/** The figures of rounds. Throws where there is none. */
export function figureOf(who: string, rounds: readonly number[]): Figure {
  const sorted = rounds.toSorted((one, other) => one - other)
  const [low, high] = [sorted[0], sorted.at(-1)]
  if (low === undefined || high === undefined) throw new Error(`No round was made of: ${who}`)
  return { who, median: percentile(sorted, 0.5), low, high, rounds: [...rounds] }
}

/** The value below which this part of the sorted values lies; between two, the mean by distance. */
export function percentile(sorted: readonly number[], part: number): number {
  const place = (sorted.length - 1) * part
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? below
  return below + (above - below) * (place - Math.floor(place))
}

/** How many of `count` things were done a second. */
export async function rateOf(count: number, act: () => unknown): Promise<number> {
  const begun = performance.now()
  await act()
  return count / ((performance.now() - begun) / 1_000)
}

/** Whether the bound holds. */
export function isReached({ bound, goal, reached }: Goal): boolean {
  return bound === 'at least' ? reached >= goal : reached <= goal
}

/** The medians' ratio; the figure named first is the product's. */
export function ratio(figures: readonly Figure[], who: string, to: string): number {
  const median = (name: string): number => figures.find((figure) => figure.who === name)?.median ?? Number.NaN
  return median(who) / median(to)
}
