/**
 * A name or an id as it is searched: without difference of case or of compatibility forms (SQL's upper() knows ASCII
 * only). Capitals, since lower case depends on the neighbours (Σ is σ or ς) and ß has SS for its capital.
 */
export function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase().toUpperCase().normalize('NFKC')
}
