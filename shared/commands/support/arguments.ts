import { CommandFailure } from './command.ts'

/** A whole number from 1 on. Throws a CommandFailure for anything else, as do all of these. */
export function readWhole(option: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new CommandFailure(`${option} needs a whole number from 1 on, not ${text}.`)
}

export function readPort(option: string, text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port
  throw new CommandFailure(`${option} needs a port, a number from 1 to 65535, not ${text}.`)
}

/** Where a command finds an app: the origin of the address. */
export function readAddress(option: string, text: string): string {
  if (URL.canParse(text) && /^https?:/.test(text)) return new URL(text).origin
  throw new CommandFailure(`${option} needs an address such as https://waybill.example.com, not ${text}.`)
}

/** A span in milliseconds, of at most a day. */
export function readSpan(option: string, text: string): number {
  const ms = parseSpan(text)
  if (ms !== undefined) return ms
  throw new CommandFailure(`${option} needs a span such as 5s, 10m or 1h, not ${text}.`)
}

/** 5s, 2m or 1h in milliseconds; undefined if the text is no such span. */
export function parseSpan(text: string): number | undefined {
  const [, number, unit] = /^(\d+)\s*(s|m|h)$/.exec(text) ?? []
  if (number === undefined) return undefined
  const ms = Number(number) * (unit === 's' ? 1_000 : unit === 'm' ? 60_000 : 3_600_000)
  return ms > 0 && ms <= 86_400_000 ? ms : undefined
}
