/** The host at which a Worker in the simulation takes what the simulator tells it. */
export const SIMULATION_ORIGIN = 'http://simulation'

/**
 * What befalls one call or batch on its way: `twice` is done two times in a row, and the second answer counts;
 * `hold-before` is not begun before it is released, `hold-after` is done, and its answer waits to be released.
 */
export type Strike = {
  kind: 'twice' | 'hold-before' | 'hold-after'
  /** Only what contains this text: a path with its query, or a statement. */
  matching: string
  /** How many that match are let through before it. */
  after?: number
}

/** A slice of the feed as it left ordering: each order with its place and what says "same content". */
export type ShownOrder = { place: number; number: number; fingerprint: number }

/** What the simulator tells a Worker, by path; each answers JSON. */
export type SimulationControl = {
  /** Strikes from now on, in this order; none ends them. What is held goes on. */
  '/strikes': Strike[]
  /** Asks for the texts that faults and strikes matched since it was asked last. */
  '/struck': null
  /** Asks how many are held. */
  '/held': null
  /** Shifts the Worker's clock against the machine's. */
  '/clock': { offsetMs: number }
  /** Ends the running Durable Object at once, with all that it has under way. */
  '/crash': null
  /** The relay alone: the most orders in a batch, and what was shown since it was asked last. */
  '/page-size': { most: number }
  '/shown': null
}
