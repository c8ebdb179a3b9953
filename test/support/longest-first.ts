import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * What takes longest of all, as the end of a run lists it. Most of these files are short, and Vitest, which knows nothing of
 * a fresh clone but how long each file is, would begin them last: one would then run alone at the end.
 */
const LONGEST = [
  'simulate/simulate',
  'commands/rehearse',
  'commands/start',
  'browser/every-page',
  'commands/crash',
  'security/access/roles',
  'browser/ordering',
  'browser/largest',
  'security/access/identity',
  'conformance/consumer',
]

/** Begins with what takes longest; the rest comes as Vitest has it. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return sorted.sort((one, other) => placeOf(one) - placeOf(other))
  }
}

function placeOf({ moduleId }: TestSpecification): number {
  const place = LONGEST.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`))
  return place === -1 ? LONGEST.length : place
}
