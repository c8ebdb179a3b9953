/** Two hexadecimal digits for each byte. */
const HEXADECIMAL = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** SHA-256 of a text, in hexadecimal digits. */
export async function sha256(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text)
  let digits = ''
  for (const byte of new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))) digits += HEXADECIMAL[byte]
  return digits
}
