import { dim } from '../support/output.ts'

type LogLine = { level: string; event: string; time: string; [field: string]: unknown }

/**
 * A line of an app's log in words, if the line is one: wrangler wraps warnings and errors in marks of its own, and
 * prints lines of its own.
 */
export function readLogLine(line: string): LogLine | undefined {
  const start = line.indexOf('{"level":')
  const end = line.lastIndexOf('}')
  if (start === -1 || end < start) return undefined
  try {
    return JSON.parse(line.slice(start, end + 1)) as LogLine
  } catch {
    return undefined
  }
}

/** The log line as one line for a terminal: `12:30:05 billing pull.finished created=3 changed=0`. */
export function formatLogLine(name: string, { level, event, time, stack: _stack, ...fields }: LogLine): string {
  const members = Object.entries(fields).map(
    ([field, value]) => `${field}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  const severity = level === 'error' || level === 'warn' ? `${level} ` : ''
  return `${dim(time.slice(11, 19))} ${name.padEnd(8)} ${severity}${event} ${dim(members.join(' '))}`
}
