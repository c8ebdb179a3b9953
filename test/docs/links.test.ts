import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { ROOT } from '../../shared/project/project.ts'

const DOCUMENTS = globSync(['README.md', 'shared/**/*.md', 'test/**/*.md'], { cwd: ROOT })
const FILES = globSync(['*', '{shared,workers,test,.ci,.github}/**'], { cwd: ROOT })
const NAMES = new Set(FILES.map((file) => basename(file)))
/** A path begins with one of these, so that a route or a type of media is none. */
const TOP = /^(?:shared|workers|test|\.ci|\.github)\//
/** The name of a file of this repository, as a list names those of one folder after the first. */
const NAME = /^[\w.-]+\.(?:tsx?|mjs|js|sql|md|toml|svg|png|css)$/

const read = (document: string) => readFileSync(join(ROOT, document), 'utf8')

/** What a document links to in this repository, from its root; images as well. */
function linksOf(document: string): string[] {
  return [...read(document).matchAll(/\]\((?<to>[^)\s]+)\)/g)]
    .map(({ groups }) => groups?.['to'] ?? '')
    .filter((to) => !/^[a-z]+:/.test(to))
}

/** The anchors of a document's headings, as GitHub makes them. */
function anchorsOf(document: string): string[] {
  return [...read(document).matchAll(/^#+ (?<title>.+)$/gm)].map(({ groups }) =>
    (groups?.['title'] ?? '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

function isThere(document: string, link: string): boolean {
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? document : join(dirname(document), path)
  if (!existsSync(join(ROOT, target))) return false
  return anchor === undefined || anchorsOf(target).includes(anchor)
}

/** What stands in backticks and may name files: no code of several lines. */
function codeOf(document: string): string[] {
  const prose = read(document).replaceAll(/^```[^]*?^```$/gm, '')
  return [...prose.matchAll(/`(?<code>[^`\n]+)`/g)].map(({ groups }) => groups?.['code'] ?? '')
}

it('every relative link of a document leads to a file, and to a heading that it has', () => {
  const links = DOCUMENTS.flatMap((document) => linksOf(document).map((link) => ({ document, link })))
  expect(links.length).toBeGreaterThan(20)
  expect(links.filter(({ document, link }) => !isThere(document, link))).toEqual([])
})

it('every file and folder that a document names is in the repository', () => {
  const named = DOCUMENTS.flatMap((document) =>
    codeOf(document)
      .filter((code) => (TOP.test(code) && !/[\s<…]/.test(code)) || NAME.test(code))
      .map((code) => ({ document, code })),
  )
  expect(named.length).toBeGreaterThan(50)
  const isKnown = (code: string) => (TOP.test(code) ? globSync(code, { cwd: ROOT }).length > 0 : NAMES.has(code))
  expect(named.filter(({ code }) => !isKnown(code))).toEqual([])
})

it('every command that a document names is one of package.json', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const commands = DOCUMENTS.flatMap((document) =>
    [...read(document).matchAll(/npm run (?:--silent )?(?<name>[a-z][a-z:-]*)/g)].map(({ groups }) => ({
      document,
      command: groups?.['name'] ?? '',
    })),
  )
  expect(commands.length).toBeGreaterThan(30)
  expect(commands.filter(({ command }) => !(command in scripts))).toEqual([])
})
