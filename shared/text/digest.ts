/** Two hexadecimal digits for each byte. */
const HEXADECIMAL = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** SHA-256 of a text, in hexadecimal digits. Where the text may tell of a person, `keyedDigest` is for it. */
export async function sha256(text: string): Promise<string> {
  return writeDigits(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
}

/** A key for `keyedDigest`. */
export type DigestKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

const HMAC = { name: 'HMAC', hash: 'SHA-256' }

/** The key that these hexadecimal digits are, for `keyedDigest`. */
export function importDigestKey(digits: string): Promise<DigestKey> {
  return crypto.subtle.importKey('raw', new TextEncoder().encode(digits), HMAC, false, ['sign'])
}

/** HMAC-SHA-256 of a text, in hexadecimal digits: without the key nobody can try out what it stands for. */
export async function keyedDigest(key: DigestKey, text: string): Promise<string> {
  return writeDigits(await crypto.subtle.sign(HMAC.name, key, new TextEncoder().encode(text)))
}

function writeDigits(buffer: ArrayBuffer): string {
  let digits = ''
  for (const byte of new Uint8Array(buffer)) digits += HEXADECIMAL[byte]
  return digits
}
