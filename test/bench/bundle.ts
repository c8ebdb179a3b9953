import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { configOf } from '../../shared/project/project.ts'
import type { App } from '../../shared/commands/support/app.ts'
import { runWrangler } from '../../shared/commands/support/wrangler.ts'
import { type Figure, figureOf, type Goal, type Measure } from './figure.ts'

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
export async function measureSize(app: App['name']): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'waybill-bundle-'))
  await succeed(['deploy', '--dry-run', '--outdir', directory, '--config', configOf(app)])
  const files = (await readdir(directory)).filter((file) => file.endsWith('.js'))
  const sizes = await Promise.all(files.map(async (file) => gzipSync(await readFile(join(directory, file))).length))
  await rm(directory, { recursive: true })
  return sizes.reduce((sum, size) => sum + size, 0)
}

async function succeed(args: string[]): Promise<void> {
  const { succeeded, output } = await runWrangler(args)
  if (!succeeded) throw new Error(`wrangler ${args.join(' ')}: ${output}`)
}

type Profile = {
  nodes: { id: number; callFrame: { functionName: string } }[]
  samples: number[]
  timeDeltas: number[]
}

/** The time that wrangler's own profile of a start does not spend waiting. */
async function startCpu(app: App['name'], directory: string): Promise<number> {
  const file = join(directory, 'start.cpuprofile')
  await succeed(['check', 'startup', '--outfile', file, `--args=--config=${configOf(app)}`])
  const { nodes, samples, timeDeltas } = JSON.parse(await readFile(file, 'utf8')) as Profile
  const idle = new Set(nodes.filter(({ callFrame }) => callFrame.functionName === '(idle)').map(({ id }) => id))
  const busy = samples.reduce((sum, node, index) => sum + (idle.has(node) ? 0 : (timeDeltas[index] ?? 0)), 0)
  return busy / 1_000
}
