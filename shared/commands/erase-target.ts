import type { Erasure } from '../contract/personal-data.ts'
import { CommandFailure } from './support/command.ts'
import { serviceToken } from './support/deployed-app.ts'

const TIMEOUT_MS = 60_000

/** Has billing find a customer's data in both apps, or erase it. Throws a CommandFailure if it refuses or does not answer. */
export async function askErasure(origin: string, customer: string, preview: boolean): Promise<Erasure> {
  const response = await fetch(new URL('/api/personal-data/erase', origin), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...serviceToken(origin) },
    body: JSON.stringify({ customer, preview }),
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => {
    throw new CommandFailure(`${origin} does not answer: ${describe(error)}`)
  })
  if (response.ok) return (await response.json()) as Erasure
  throw new CommandFailure(`${origin} refuses: ${response.status} ${await readDetail(response)}`)
}

async function readDetail(response: Response): Promise<string> {
  const text = await response.text()
  try {
    const { title, detail } = JSON.parse(text) as { title: string; detail: string }
    return `${title}: ${detail}`
  } catch {
    return response.statusText
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.message
}
