import type { DatabaseFault } from './fault.ts'

/** The host at which a Worker under test takes what a test tells it; no page and no API has it. */
export const CONTROL_ORIGIN = 'http://under-test'

/** A statement of a test's own, with its values. */
export type Statement = { query: string; values: (string | number | null)[] }
/** Vars in the place of the configuration file's. */
export type Vars = Record<string, string | number>
/** A statement that the app has sent, and the rows that it read, as D1 counts them. */
export type RecordedStatement = Statement & { rowsRead: number }
/** What a test tells a Worker, by path. */
export type Control = {
  '/sql': Statement[]
  '/empty': { migrations: string[]; vars: Vars }
  '/vars': Vars
  '/database-faults': DatabaseFault[]
  '/land-late': null
  '/objects': null
  '/forget': null
  '/record': null
  '/recorded': null
}
