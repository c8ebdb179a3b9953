import { CommandFailure } from './command.ts'

const TIMEOUT_MS = 30_000

/** What an app answered: its status, and its JSON; undefined where it is none. */
export type AppAnswer = { status: number; body: unknown }

/** Where a command finds an app. Throws a CommandFailure for what is no address. */
export function readAddress(option: string, text: string): string {
  if (URL.canParse(text) && /^https?:/.test(text)) return new URL(text).origin
  throw new CommandFailure(`${option} takes an address such as https://ordering.example.com, not ${text}.`)
}

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
    return { status: answer.status, body: readJson(await answer.text()) }
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)
    throw new CommandFailure(`${origin} does not answer: ${cause}`)
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

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What an app refuses, in a sentence. */
export function describeRefusal({ status, body }: AppAnswer): string {
  if (status === 302) return 'Cloudflare Access asks to sign in: set CF_ACCESS_CLIENT_ID and CF_ACCESS_CLIENT_SECRET'
  if (typeof body !== 'object' || body === null) return String(status)
  const { title = '', detail = '' } = body as { title?: string; detail?: string }
  return `${status} ${title}: ${detail}`
}
