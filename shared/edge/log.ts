/** The levels of the log, the least first. */
export const LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const

export type LogLevel = (typeof LEVELS)[number]
export type LogFields = Record<string, unknown>
/** Writes one event as a line of JSON; `with` gives a log whose lines all carry the fields. */
export type Log = Record<LogLevel, (event: string, fields?: LogFields) => void> & { with: (fields: LogFields) => Log }

/**
 * A log that writes one JSON object a line to the console, from `leastLevel` on; a name that is none means info.
 * No customer data goes in above trace (contract, section 7).
 */
export function createLog(leastLevel: string, common: LogFields = {}): Log {
  const least = Math.max(0, isLevel(leastLevel) ? LEVELS.indexOf(leastLevel) : LEVELS.indexOf('info'))
  const at =
    (level: LogLevel) =>
    (event: string, fields: LogFields = {}): void => {
      if (LEVELS.indexOf(level) < least) return
      const line = JSON.stringify({ level, event, time: new Date().toISOString(), ...common, ...fields })
      // The console's own level is what the platform's log views filter by.
      if (level === 'error') console.error(line)
      else if (level === 'warn') console.warn(line)
      else console.log(line)
    }
  return {
    trace: at('trace'),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    with: (fields) => createLog(leastLevel, { ...common, ...fields }),
  }
}

/** What is logged of something that was thrown: its message, its causes, and where. */
export function describeError(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: String(error) }
  const cause = error.cause === undefined ? {} : { cause: describeError(error.cause)['error'] }
  return { error: error.message, ...cause, stack: error.stack }
}

function isLevel(text: string): text is LogLevel {
  return (LEVELS as readonly string[]).includes(text)
}
