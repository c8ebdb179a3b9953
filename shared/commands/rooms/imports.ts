import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import type { Program } from './arrows.ts'

/** Where a file is: a room of a program, or outside of all of them, in `test`. */
export type Place = { program: Program | 'test'; room: string }
/** A file of the product, its lines, and the files that it imports. */
export type SourceFile = Place & { path: string; lines: number; imports: readonly string[] }

/** oxfmt writes every import in this form, those of types and those that wait as well. */
const SPECIFIER = /(?:\bfrom |\bimport ?\(?)'(\.[^'\n]+)'/g
const WIRING = new Set(['index.ts', 'app.ts'])

/** The code of both Workers and of `shared/`, without what is generated and what browsers load. */
export function readSources(root: string): SourceFile[] {
  return listFiles(root)
    .filter((path) => /\.(?:ts|tsx|mjs)$/.test(path) && !path.endsWith('.d.ts'))
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8')
      const imports = [...text.matchAll(SPECIFIER)].map(([, to = '']) => posix.join(posix.dirname(path), to))
      return { path, ...placeOf(path), lines: text.split('\n').length - 1, imports: [...new Set(imports)] }
    })
}

/** The paths below `workers/` and `shared/` that git knows or would take. */
function listFiles(root: string): string[] {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '--deduplicate', 'workers', 'shared'], {
    cwd: root,
    encoding: 'utf8',
  })
  // A file that was removed and not committed yet is still listed.
  return listed.split('\n').filter((path) => path !== '' && existsSync(join(root, path)))
}

/** A folder with all that is below it is a room; of the files beside the rooms, `app` wires and `root` is built upon. */
export function placeOf(path: string): Place {
  const [top = '', ...rest] = path.split('/')
  if (top === 'test') return { program: 'test', room: 'test' }
  const [program, inside] =
    top === 'shared' ? (['shared', rest] as const) : ([`workers/${rest[0]}` as Program, rest.slice(1)] as const)
  const [first = ''] = inside
  return { program, room: inside.length > 1 ? first : WIRING.has(first) ? 'app' : 'root' }
}
