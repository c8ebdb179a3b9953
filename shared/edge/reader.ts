import { createContext } from 'hono/jsx'
import { dateFormat } from '../text/formats.ts'

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

/** The longest that people use have a script, a region and an extension; a tag of private use may be of any length. */
const MOST_OF_A_LOCALE = 100

/** Carries the reader from the page's frame down to each figure and instant. */
export const ReaderContext = createContext<Reader>(DEFAULT_READER)

/**
 * The reader of a request, by the language that its browser asks for first; `timeZone` is the business's, which stands
 * until the browser's own is known. What Intl does not know is passed over: a header or a var may hold anything.
 */
export function readerOf(acceptLanguage: string | undefined, timeZone: string): Reader {
  const asked = acceptLanguage?.split(',')[0]?.split(';')[0]?.trim() ?? ''
  return {
    locale: isLocale(asked) ? asked : DEFAULT_READER.locale,
    timeZone: intlKnows(() => dateFormat('en', { timeZone })) ? timeZone : DEFAULT_READER.timeZone,
    zoneOfBrowser: true,
  }
}

/** Whether the text is a locale that figures and dates can be written in. */
export function isLocale(text: string): boolean {
  return text.length <= MOST_OF_A_LOCALE && intlKnows(() => dateFormat(text, {}))
}

function intlKnows(attempt: () => unknown): boolean {
  try {
    attempt()
    return true
  } catch {
    return false
  }
}
