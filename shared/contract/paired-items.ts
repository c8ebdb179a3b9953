/**
 * Which item of one list stands for which of another, by their places, in the order of `before`: by the first key, the
 * surest, that both have, each item once. One that is gone has none.
 */
export function pairItems<Item>(
  before: readonly Item[],
  after: readonly Item[],
  keys: readonly ((item: Item) => string)[],
): Map<number, number> {
  const pairs = new Map<number, number>()
  const taken = new Set<number>()
  for (const keyOf of keys) {
    const free = Map.groupBy(
      [...after.entries()].filter(([position]) => !taken.has(position)),
      ([, item]) => keyOf(item),
    )
    for (const [from, item] of before.entries()) {
      const found = pairs.has(from) ? undefined : free.get(keyOf(item))?.shift()
      if (found === undefined) continue
      pairs.set(from, found[0])
      taken.add(found[0])
    }
  }
  return new Map([...pairs].sort(([one], [other]) => one - other))
}
