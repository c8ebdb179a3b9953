import type { Reporter, TestModule } from 'vitest/node'

const MOST_TESTS = 20
const MOST_FILES = 10

/** How long something of a run took. `what`: a file, or a file and a test's titles from the outermost in. */
export type Took = { what: string; ms: number }

/** Ends a run of several files with its slowest tests and files, so that whoever made one slow sees it. */
export class SlowestReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    if (modules.length > 1) console.log(describeSlowest(modules.flatMap(listTests), modules.map(measureFile)))
  }
}

/** The slowest first, in seconds. A file's time is that of all its tests and hooks, and of its imports. */
export function describeSlowest(tests: readonly Took[], files: readonly Took[]): string {
  return [
    `The ${MOST_TESTS} slowest tests:`,
    ...describe(tests, MOST_TESTS),
    `The ${MOST_FILES} slowest files:`,
    ...describe(files, MOST_FILES),
    '',
  ].join('\n')
}

function describe(all: readonly Took[], most: number): string[] {
  const slowest = all.toSorted((one, other) => other.ms - one.ms).slice(0, most)
  return slowest.map(({ what, ms }) => `${(ms / 1000).toFixed(1).padStart(7)} s  ${what}`)
}

function listTests(module: TestModule): Took[] {
  return [...module.children.allTests()].map((test) => ({
    what: `${module.relativeModuleId} > ${test.fullName}`,
    ms: test.diagnostic()?.duration ?? 0,
  }))
}

function measureFile(module: TestModule): Took {
  const { duration, collectDuration } = module.diagnostic()
  return { what: module.relativeModuleId, ms: duration + collectDuration }
}
