import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { type Figure, figureOf, type Goal, type Measure } from './figure.ts'

const ROOT = join(import.meta.dirname, '../..')
const WRANGLER = join(ROOT, 'node_modules/wrangler/bin/wrangler.js')
const ENVIRONMENT = { ...process.env, CI: '1', WRANGLER_SEND_METRICS: 'false', WRANGLER_WRITE_LOGS: 'false' }
export const APPS = ['ordering', 'billing'] as const
const KILOBYTE = 1_024

/** What a deployment sends, minified and compressed, and the CPU time that workerd takes to start it. */
export async function measureBundles(rounds: number): Promise<Measure[]> {
  const sizes: Figure[] = []
  const starts: Figure[] = []
  for (const app of APPS) {
    const directory = await mkdtemp(join(tmpdir(), 'waybill-bundle-'))
    sizes.push(figureOf(app, [(await measureSize(app)) / KILOBYTE]))
    const times: number[] = []
    for (let round = 0; round < rounds; round += 1) times.push(await startCpu(app, directory))
    starts.push(figureOf(app, times))
    await rm(directory, { recursive: true })
  }
  const bound =
    (what: string, goal: number) =>
    (figure: Figure): Goal => ({
      what: `${what}, ${figure.who}`,
      bound: 'at most',
      goal,
      reached: figure.median,
    })
  return [
    { name: 'Worker bundle, minified and compressed', unit: 'KB', figures: sizes, goals: sizes.map(bound('KB', 115)) },
    { name: 'CPU time at start', unit: 'ms', figures: starts, goals: starts.map(bound('ms', 25)) },
  ]
}

/** The bytes that a deployment of the app sends, compressed: by its configuration the code is minified. */
export async function measureSize(app: string): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'waybill-bundle-'))
  const args = ['deploy', '--dry-run', '--outdir', directory, '--config', `wrangler.${app}.toml`]
  await promisify(execFile)(process.execPath, [WRANGLER, ...args], { cwd: ROOT, env: ENVIRONMENT })
  const files = (await readdir(directory)).filter((file) => file.endsWith('.js'))
  const sizes = await Promise.all(files.map(async (file) => gzipSync(await readFile(join(directory, file))).length))
  await rm(directory, { recursive: true })
  return sizes.reduce((sum, size) => sum + size, 0)
}

type Profile = {
  nodes: { id: number; callFrame: { functionName: string } }[]
  samples: number[]
  timeDeltas: number[]
}

/** The time that wrangler's own profile of a start does not spend waiting. */
async function startCpu(app: string, directory: string): Promise<number> {
  const file = join(directory, 'start.cpuprofile')
  const args = ['check', 'startup', '--outfile', file, `--args=--config=wrangler.${app}.toml`]
  await promisify(execFile)(process.execPath, [WRANGLER, ...args], { cwd: ROOT, env: ENVIRONMENT })
  const { nodes, samples, timeDeltas } = JSON.parse(await readFile(file, 'utf8')) as Profile
  const idle = new Set(nodes.filter(({ callFrame }) => callFrame.functionName === '(idle)').map(({ id }) => id))
  const busy = samples.reduce((sum, node, index) => sum + (idle.has(node) ? 0 : (timeDeltas[index] ?? 0)), 0)
  return busy / 1_000
}
