// ICU takes longer to make a format than to write all of a page with it, so each is made once. Locales come with requests:
// past this many, the formats are forgotten.
const MOST_KEPT = 500
const numberFormats = new Map<string, Intl.NumberFormat>()
const dateFormats = new Map<string, Intl.DateTimeFormat>()

/** The format of numbers for a locale; throws as Intl does for what it does not know. */
export function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return kept(numberFormats, locale, options, () => new Intl.NumberFormat(locale, options))
}

/** The format of instants for a locale; throws as Intl does for what it does not know. */
export function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return kept(dateFormats, locale, options, () => new Intl.DateTimeFormat(locale, options))
}

function kept<Format>(formats: Map<string, Format>, locale: string, options: object, make: () => Format): Format {
  const key = `${locale} ${JSON.stringify(options)}`
  const known = formats.get(key)
  if (known !== undefined) return known
  if (formats.size >= MOST_KEPT) formats.clear()
  const made = make()
  formats.set(key, made)
  return made
}
