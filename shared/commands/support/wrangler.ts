import { type ChildProcess, spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { devNull } from 'node:os'
import { text } from 'node:stream/consumers'
import { join } from 'node:path'
import { ROOT } from '../../project/project.ts'
import { STATE } from './paths.ts'
import { CommandFailure } from './command.ts'
import { signalGroup, whenEnded } from './processes.ts'

const WRANGLER = join(ROOT, 'node_modules/wrangler/bin/wrangler.js')
const ENDS_WITH_PARENT = join(import.meta.dirname, 'ends-with-parent.ts')
/** Where wrangler's processes find each other. */
const REGISTRY = join(STATE, 'registry')
/** The variable by which a process of a start is known, as long as it lives: it names this state's registry. */
const REGISTRY_VARIABLE = 'WRANGLER_REGISTRY_PATH'

/**
 * What wrangler is told in each of its processes: it asks nothing of the internet or of the person, and keeps no record.
 * Left to itself it records each call of a Worker and of D1 beside the data: a third of an idle pull's time, and 16 KB.
 * Its explorer would let any page that reaches the port run SQL.
 */
const SETTINGS = {
  CI: '1',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  WRANGLER_HIDE_BANNER: 'true', // the banner's update check asks the registry
  WRANGLER_LOG: 'log', // what a command is asked for is printed at this level: below it, it says nothing, and succeeds
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_WRITE_LOGS: 'false',
  X_LOCAL_EXPLORER: 'false',
  X_LOCAL_OBSERVABILITY: process.env['X_LOCAL_OBSERVABILITY'] ?? 'false',
}

/** What a shell sets for a deployment, for another project, or for a build: each would change what runs locally. */
const FOREIGN_VARIABLE = /^(?:CLOUDFLARE|CF|WRANGLER|MINIFLARE|X_LOCAL)_|^NODE_ENV$/

/** An environment without what would make a local run another one: it is the same whatever the shell has set. */
function localEnvironment(environment: NodeJS.ProcessEnv, registry = REGISTRY): NodeJS.ProcessEnv {
  const own = Object.entries(environment).filter(([name]) => !FOREIGN_VARIABLE.test(name))
  // wrangler writes into the person's configuration folder, which may be read-only, and needs nothing that is there.
  const configuration = { XDG_CONFIG_HOME: join(STATE, 'config') }
  return { ...Object.fromEntries(own), ...SETTINGS, ...configuration, [REGISTRY_VARIABLE]: registry }
}

/** Where a local wrangler runs that does not belong to the start of this state. */
export type Elsewhere = { root?: string; registry?: string }

/**
 * Starts a local wrangler in a process group of its own, so that all that it starts can be ended with it, and which
 * ends when this process does. Files such as .env and .dev.vars are passed over: a start is the same in each clone.
 */
export function spawnWrangler(
  args: readonly string[],
  { root = ROOT, registry = REGISTRY }: Elsewhere = {},
): ChildProcess {
  const noVariables = ['--env-file', devNull]
  return spawn(process.execPath, ['--import', ENDS_WITH_PARENT, WRANGLER, ...args, ...noVariables], {
    cwd: root,
    env: localEnvironment(process.env, registry),
    detached: true,
    stdio: 'pipe',
  })
}

/** Forgets where apps were that ran before: one that was killed took no leave, and would still be asked there. */
export async function forgetAddresses(): Promise<void> {
  await rm(REGISTRY, { recursive: true, force: true })
}

/** Whether a process with these environment variables, each ended by a NUL, runs on this state. */
export function runsOnThisState(variables: string): boolean {
  return variables.split('\0').includes(`${REGISTRY_VARIABLE}=${REGISTRY}`)
}

/** Whether wrangler succeeded, what it printed as its result, and all that it said, warnings and errors included. */
export type WranglerRun = { succeeded: boolean; printed: string; output: string }

/** The JSON document that wrangler printed; a note may stand before it. */
export function readPrinted({ printed, output }: WranglerRun): unknown {
  const begin = printed.search(/^[[{]/m)
  if (begin === -1) throw new CommandFailure(`wrangler did not answer: ${output.trim()}`)
  return JSON.parse(printed.slice(begin))
}

/** Runs a local wrangler to its end, which the signal may bring early. */
export function runWrangler(
  args: readonly string[],
  { signal, ...elsewhere }: Elsewhere & { signal?: AbortSignal | undefined } = {},
): Promise<WranglerRun> {
  const child = spawnWrangler(args, elsewhere)
  signal?.addEventListener('abort', () => signalGroup(child, 'SIGKILL'), { once: true })
  return readRun(child)
}

/**
 * Runs a wrangler that deploys: as the person is signed in, to the environment that its arguments name. It is not this
 * state's: a start ends what it finds running on that, and would end a deployment halfway.
 */
export function runDeployingWrangler(args: readonly string[]): Promise<WranglerRun> {
  const { CLOUDFLARE_ENV: _unused, [REGISTRY_VARIABLE]: _ofAStart, ...environment } = process.env
  const env = { ...environment, ...SETTINGS }
  return readRun(spawn(process.execPath, [WRANGLER, ...args], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] }))
}

async function readRun(child: ChildProcess): Promise<WranglerRun> {
  const [printed, errors, code] = await Promise.all([readAll(child.stdout), readAll(child.stderr), whenEnded(child)])
  const output = printed + errors
  // Its launcher exits with 0 where the process that it starts was ended by a signal; whatever succeeds says something.
  return { succeeded: code === 0 && output !== '', printed, output }
}

function readAll(stream: ChildProcess['stdout']): Promise<string> {
  return stream === null ? Promise.resolve('') : text(stream)
}
