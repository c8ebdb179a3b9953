import { CommandFailure } from './command.ts'

/** An erasure looks through all that both apps have of a customer. */
const TIMEOUT_MS = 60_000

/** What an app answered: its status, by number and in words, and its JSON; undefined where it is none. */
export type AppAnswer = { status: number; statusText: string; body: unknown }

/** Asks an app, as the service token in the environment if there is one. Throws a CommandFailure if it does not answer. */
export async function askApp(origin: string, method: string, path: string, body?: unknown): Promise<AppAnswer> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) }
  const mediaType: Record<string, string> = body === undefined ? {} : { 'Content-Type': 'application/json' }
  const token = serviceToken(origin)
  try {
    const answer = await fetch(origin + path, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: { ...mediaType, ...token },
      ...sent,
    })
    return await readAnswer(answer)
  } catch (error) {
    throw new CommandFailure(`${origin} does not answer: ${explainNoAnswer(error)}`)
  }
}

/**
 * The headers by which Cloudflare Access knows a program; none where no token is set. Throws a CommandFailure, before
 * anything is sent, where whoever is on the way to `origin` could read the secret.
 */
export function serviceToken(origin: string): Record<string, string> {
  const { CF_ACCESS_CLIENT_ID: id, CF_ACCESS_CLIENT_SECRET: secret } = process.env
  if (id === undefined || secret === undefined) return {}
  const { protocol, hostname } = new URL(origin)
  if (protocol !== 'https:' && !isThisMachine(hostname)) {
    throw new CommandFailure(
      `${origin} is not encrypted, and the service token in the environment would be sent for anybody to read: use https`,
    )
  }
  return { 'CF-Access-Client-Id': id, 'CF-Access-Client-Secret': secret }
}

/** Whether what is sent there leaves this machine for none. */
export function isThisMachine(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname)
}

/** Reads the answer to its end. */
export async function readAnswer(answer: Response): Promise<AppAnswer> {
  return { status: answer.status, statusText: answer.statusText, body: parseJson(await answer.text()) }
}

/** Why fetch has got no answer, such as ECONNREFUSED. */
export function explainNoAnswer(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.message
}

/** What the text says as JSON; undefined if it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What an app refuses, in a sentence. */
export function describeRefusal({ status, statusText, body }: AppAnswer): string {
  if (status === 302) return 'Cloudflare Access asks to sign in: set CF_ACCESS_CLIENT_ID and CF_ACCESS_CLIENT_SECRET'
  if (typeof body !== 'object' || body === null) return `${status} ${statusText}`.trim()
  const { title = '', detail = '' } = body as { title?: string; detail?: string }
  return `${status} ${title}: ${detail}`
}
