import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { ROOT } from '../project/project.ts'

/** What a configuration file says of bundling: other modules in the place of some, by their names; whether names are shortened. */
export type Bundling = { alias: Record<string, string>; minify: boolean }

const bundled = new Map<string, Promise<string>>()

/**
 * Bundles a Worker as wrangler does, once in a process however often the Worker is started there; wrangler itself would bundle
 * at each start. Returns the path of the bundle, which is gone when the process ends. Throws with esbuild's complaints.
 * @param entry the path of the Worker's own module
 */
export function bundleWorker(entry: string, bundling: Bundling): Promise<string> {
  const known = bundled.get(entry) ?? bundle(entry, bundling)
  bundled.set(entry, known)
  return known
}

async function bundle(entry: string, { alias, minify }: Bundling): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'waybill-worker-'))
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }))
  const outfile = join(directory, 'index.js')
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify,
    absWorkingDir: ROOT,
    format: 'esm',
    target: 'es2024',
    supported: { using: true },
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*', 'node:*'],
    define: { 'navigator.userAgent': '"Cloudflare-Workers"', 'process.env.NODE_ENV': '"development"' },
    sourcemap: true,
    plugins: [aliases(alias)],
    logLevel: 'silent',
  })
  return outfile
}

/** Only the very name stands for the other module; esbuild's own alias would take what lies below it as well. */
function aliases(alias: Bundling['alias']): Plugin {
  return {
    name: 'aliases',
    setup(esbuild) {
      esbuild.onResolve({ filter: /^[^./]/ }, ({ path }) => {
        const other = alias[path]
        return other === undefined ? undefined : { path: join(ROOT, other) }
      })
    },
  }
}
