/** A country as it stands on an envelope: Germany for DE. What is no code of ISO 3166 stays as it is. */
export function nameCountry(country: string): string {
  return /^[A-Z]{2}$/.test(country) ? (openNames().of(country) ?? country) : country
}

// Opened at the first use: it took a third of the time that a Worker needs to start.
let names: Intl.DisplayNames | undefined

function openNames(): Intl.DisplayNames {
  // In English, as the words round it are.
  names ??= new Intl.DisplayNames('en', { type: 'region' })
  return names
}
