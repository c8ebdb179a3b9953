/** Chances that a seed decides: the same seed, the same chances in the same order. */
export type Random = ReturnType<typeof seededRandom>

/** Marsaglia's xorshift with a multiplication (xorshift32*), its state mixed out of the seed. */
export function seededRandom(seed: number) {
  // Neighbouring seeds would otherwise begin alike; zero would stay zero.
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) || 1

  function next(): number {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (Math.imul(state, 0x9e3779bb) >>> 0) / 2 ** 32
  }

  const below = (end: number): number => Math.floor(next() * end)
  for (let warm = 0; warm < 8; warm += 1) next()

  return {
    /** An integer from 0 to `end` - 1. */
    below,
    /** An integer from `from` to `to`, both included. */
    between: (from: number, to: number): number => from + below(to - from + 1),
    /** True in `chance` of a hundred cases. */
    percent: (chance: number): boolean => next() * 100 < chance,
    /** One of the list; undefined if it is empty. */
    pick: <T>(list: readonly T[]): T | undefined => list[below(list.length)],
    /** One of a list that has at least one. */
    choose<const T>(list: readonly [T, ...T[]]): T {
      return list[below(list.length)] ?? list[0]
    },
    /** One of a list, each as often as its weight says against the others. */
    weigh<T extends { weight: number }>(list: readonly [T, ...T[]]): T {
      let left = next() * list.reduce((sum, { weight }) => sum + weight, 0)
      for (const candidate of list) {
        left -= candidate.weight
        if (left < 0) return candidate
      }
      return list[0]
    },
  }
}
