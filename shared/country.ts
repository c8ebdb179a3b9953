/** A country as it stands on an envelope: Germany for DE. What is no code of ISO 3166 stays as it is. */
export function nameCountry(country: string): string {
  return /^[A-Z]{2}$/.test(country) ? (NAMES.of(country) ?? country) : country
}

// In English, as the words round it are.
const NAMES = new Intl.DisplayNames('en', { type: 'region' })
