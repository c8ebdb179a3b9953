import { MAX_COUNT } from '../../contract/count.ts'
import { CommandFailure } from '../support/command.ts'
import { askApp, type AppAnswer, describeRefusal, isThisMachine } from '../support/app-client.ts'
import { type Diagnosis, fine, look, nameNumbers, wrong } from './diagnosis.ts'

/** Where both apps are. */
export type Places = { ordering: string; billing: string }

/** What billing says of itself, as far as it is looked at here. */
export type Sync = {
  token: string | null
  lastSuccessAt: string | null
  lagSeconds: number | null
  agreedUpTo: number | null
  agreedAt: string | null
  repair: string | null
  orphaned: number[]
  quarantined: { number: number | null; subject: string; error: string; attempts: number }[]
  behind: number | null
  waiting: number | null
  health: string[]
  lastRun: { outcome: string; error: string | null } | null
}

/** Asks both apps how they are. Changes nothing. */
export async function examineApps({ ordering, billing }: Places): Promise<Diagnosis[]> {
  const healthy = [await examineHealth('Ordering', ordering), await examineHealth('Billing', billing)]
  const strangers = [await examineDoor('Ordering', ordering), await examineDoor('Billing', billing)]
  if (healthy.some(({ verdict }) => verdict === 'wrong')) return [...healthy, ...strangers.flat()]
  const answer = await askApp(billing, 'GET', '/api/sync')
  const sync = answer.status === 200 ? judgeSync(answer.body as Sync) : [refusedSync(answer)]
  return [...healthy, ...strangers.flat(), ...sync]
}

async function examineHealth(name: string, origin: string): Promise<Diagnosis> {
  try {
    const answer = await askApp(origin, 'GET', '/health')
    const { status, reasons = [] } = (answer.body ?? {}) as { status?: string; reasons?: string[] }
    if (answer.status === 200 && status === 'ok') return fine(`${name} is well.`)
    if (answer.status === 200) return look(`${name} is degraded: ${reasons.join('; ')}.`)
    if (answer.status === 302 || answer.status === 403) {
      const next = 'Give the path /health an Access policy of its own that lets everyone through (Bypass).'
      return wrong(`${name} does not let its watchers ask for /health (${answer.status}).`, next)
    }
    if (answer.status === 503 && typeOf(answer) === '/problems/database-out-of-date') {
      return wrong(`${name} cannot work: ${describeRefusal(answer)}.`, 'Run that command. Nothing is lost.')
    }
    return wrong(`${name} answers ${describeRefusal(answer)}.`, 'Look into its log: npx wrangler tail.')
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error
    return wrong(`${error.message}.`, 'Is the address right, and does it run? On this machine: npm start.')
  }
}

function typeOf({ body }: AppAnswer): unknown {
  return typeof body === 'object' && body !== null && 'type' in body ? body.type : undefined
}

/** On the internet, a page must not be answered to somebody whom nobody vouches for. */
async function examineDoor(name: string, origin: string): Promise<Diagnosis[]> {
  if (isThisMachine(new URL(origin).hostname)) return []
  const answer = await fetch(`${origin}/`, { redirect: 'manual' }).catch(() => undefined)
  if (answer === undefined) return []
  if (answer.status !== 200) return [fine(`${name} lets no strangers in.`)]
  return [wrong(`${name} lets strangers in.`, 'Put a Cloudflare Access application in front of it, now.')]
}

function refusedSync(answer: AppAnswer): Diagnosis {
  const next = 'A service token with the role operator may: CF_ACCESS_CLIENT_ID and CF_ACCESS_CLIENT_SECRET.'
  return look(`Billing does not say where it stands: ${describeRefusal(answer)}.`, next)
}

/** Ordering counts no further. */
function writeCount(count: number): string {
  return count > MAX_COUNT ? `${MAX_COUNT}+` : String(count)
}

/** What billing's own report means, and what to do about it. */
export function judgeSync(sync: Sync): Diagnosis[] {
  const { lastRun, quarantined, orphaned, repair, behind, waiting, agreedAt, agreedUpTo, lagSeconds, lastSuccessAt } =
    sync
  const found: Diagnosis[] = []
  if (lagSeconds === null && lastSuccessAt !== null) {
    found.push(look(`A clock was ahead: the last successful pull is dated ${lastSuccessAt}.`, 'The next one is not.'))
  } else if (lagSeconds === null) found.push(look('No pull has succeeded yet.', 'Run one: the sync page has a button.'))
  else found.push(fine(`The last successful pull was ${lagSeconds} seconds ago.`))
  if (lastRun?.outcome === 'failed') {
    found.push(
      wrong(`The last pull failed: ${lastRun.error ?? 'it does not say why'}.`, nextAfterFailure(lastRun.error)),
    )
  }
  if (repair !== null) found.push(look('Ordering was restored; billing repairs, page by page.', 'Wait for the pulls.'))
  if ((behind ?? 0) > 0) found.push(look(`Billing has ${writeCount(behind ?? 0)} changes still to read.`))
  if ((waiting ?? 0) > 0) {
    found.push(look(`${writeCount(waiting ?? 0)} orders wait for their number; the next pull gives it.`))
  }
  for (const { number, subject, error, attempts } of quarantined.slice(0, 5)) {
    const who = number === null ? subject : `Order ${number}`
    found.push(
      wrong(
        `${who} cannot be read (${attempts} tries): ${error}.`,
        'Correct it in ordering; it is then released automatically.',
      ),
    )
  }
  if (orphaned.length > 0) {
    const next = 'The sync page can restore them in ordering, after a preview.'
    found.push(wrong(`Ordering no longer has the orders ${nameNumbers(orphaned)}.`, next))
  }
  found.push(
    agreedAt === null
      ? look('Both sides were not compared yet.', 'POST /api/sync/compare, or wait: a pull does it now and then.')
      : fine(`Both sides agree up to number ${agreedUpTo} in the feed, as of ${agreedAt}.`),
  )
  return found
}

function nextAfterFailure(error: string | null): string {
  if (/is older than its code/.test(error ?? '')) return 'Run that command. No order is lost: the next pull continues.'
  if (/Ordering does not answer/.test(error ?? '')) return 'Look at ordering first. No order is lost.'
  if (/database/.test(error ?? '')) return 'Look at the status of D1. No order is lost: the next pull repeats the page.'
  return 'The log has it as pull.failed, with the run’s id.'
}
