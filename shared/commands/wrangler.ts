import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { join } from 'node:path'
import { ROOT, STATE } from './paths.ts'

const WRANGLER = join(ROOT, 'node_modules/wrangler/bin/wrangler.js')
/** Where wrangler's processes find each other. */
const REGISTRY = join(STATE, 'registry')

/**
 * What wrangler is told in each of its processes: it asks nothing of the internet or of the person, and keeps no record.
 * Left to itself it records each call of a Worker and of D1 beside the data: a third of an idle pull's time, and 16 KB.
 */
export const WRANGLER_SETTINGS = {
  CI: '1',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  WRANGLER_HIDE_BANNER: 'true', // the banner's update check asks the registry
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_WRITE_LOGS: 'false',
  X_LOCAL_OBSERVABILITY: process.env['X_LOCAL_OBSERVABILITY'] ?? 'false',
}

/** Workers of other projects on this machine are not met. */
const ENVIRONMENT = { ...process.env, ...WRANGLER_SETTINGS, WRANGLER_REGISTRY_PATH: REGISTRY }

/** Forgets where apps were that ran before: one that was killed took no leave, and would still be asked there. */
export async function forgetAddresses(): Promise<void> {
  await rm(REGISTRY, { recursive: true, force: true })
}

/** Starts wrangler in a process group of its own, so that all that it starts can be ended with it. */
export function spawnWrangler(args: readonly string[], stdio: StdioOptions): ChildProcess {
  return spawn(process.execPath, [WRANGLER, ...args], { cwd: ROOT, env: ENVIRONMENT, detached: true, stdio })
}

/** Sends a signal to the child and to all that it started. */
export function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, signal)
  } catch {
    // Nothing of the group is left.
  }
}

/** Runs wrangler to its end, which the signal may bring early: whether it succeeded, and all that it printed. */
export async function runWrangler(
  args: readonly string[],
  signal?: AbortSignal,
): Promise<{ succeeded: boolean; output: string }> {
  const child = spawnWrangler(args, ['ignore', 'pipe', 'pipe'])
  signal?.addEventListener('abort', () => signalGroup(child, 'SIGKILL'), { once: true })
  const ended = new Promise<number | null>((resolve, reject) => child.once('close', resolve).once('error', reject))
  const [output, errors, code] = await Promise.all([readAll(child.stdout), readAll(child.stderr), ended])
  return { succeeded: code === 0, output: output + errors }
}

function readAll(stream: ChildProcess['stdout']): Promise<string> {
  return stream === null ? Promise.resolve('') : text(stream)
}
