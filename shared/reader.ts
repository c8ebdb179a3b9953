import { createContext } from 'hono/jsx'
import { dateFormat } from './formats.ts'

/** Whom a page is written for: how they write figures and dates, and where their clock stands. */
export type Reader = {
  locale: string
  /** An IANA name. */
  timeZone: string
  /** Whether a script puts instants into the zone of the browser, which no request tells. */
  zoneOfBrowser: boolean
}

/** For a reader of whom nothing is known. */
export const DEFAULT_READER: Reader = { locale: 'en-GB', timeZone: 'UTC', zoneOfBrowser: false }

/** Carries the reader from the page's frame down to each figure and instant. */
export const ReaderContext = createContext<Reader>(DEFAULT_READER)

/**
 * The reader of a request, by the language that its browser asks for first; `timeZone` is the business's, which stands
 * until the browser's own is known. What Intl does not know is passed over: a header or a var may hold anything.
 */
export function readerOf(acceptLanguage: string | undefined, timeZone: string): Reader {
  const asked = acceptLanguage?.split(',')[0]?.split(';')[0]?.trim() ?? ''
  return {
    locale: intlKnows(() => dateFormat(asked, {})) ? asked : DEFAULT_READER.locale,
    timeZone: intlKnows(() => dateFormat('en', { timeZone })) ? timeZone : DEFAULT_READER.timeZone,
    zoneOfBrowser: true,
  }
}

function intlKnows(attempt: () => unknown): boolean {
  try {
    attempt()
    return true
  } catch {
    return false
  }
}
