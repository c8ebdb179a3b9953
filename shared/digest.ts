/** Two hexadecimal digits for each byte. */
const HEXADECIMAL = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** SHA-256 of a text, or of bytes, in hexadecimal digits. */
export async function sha256(data: string | ArrayBuffer): Promise<string> {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data
  let digits = ''
  for (const byte of new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))) digits += HEXADECIMAL[byte]
  return digits
}
