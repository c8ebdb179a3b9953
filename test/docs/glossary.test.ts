import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAst } from 'vitest/node'
import { expect, it } from 'vitest'
import { ROOT } from '../../shared/project/project.ts'

const GLOSSARY = 'shared/docs/glossary.md'

/** A text that a person reads, and where it is. */
type Text = { file: string; line: number; text: string }

/** The rows of the tables whose first header is one of these, each with its cells. */
function readRows(...headers: string[]): string[][] {
  const rows: string[][] = []
  let isWanted = false
  for (const line of readFileSync(join(ROOT, GLOSSARY), 'utf8').split('\n')) {
    const cells = line.split('|').slice(1, -1)
    const [first = '', ...rest] = cells.map((cell) => cell.trim())
    if (cells.length === 0) isWanted = false
    else if (headers.includes(first)) isWanted = true
    else if (isWanted && !first.startsWith('---')) rows.push([first, ...rest])
  }
  return rows
}

function listWords(cell: string | undefined): string[] {
  return (cell ?? '').split(', ').filter((word) => word !== '')
}

/** What is not said, as whole words, whatever the capitals and the line breaks. */
function matcherOf(words: readonly string[]): RegExp {
  const alternatives = words.map((word) => word.replaceAll(' ', String.raw`\s+`))
  return new RegExp(String.raw`(?<![\w-])(?:${alternatives.join('|')})(?![\w-])`, 'gi')
}

type Node = { type: string; start: number; value?: unknown; tag?: Node; name?: string; quasis?: Node[] }
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value

/** The strings and the text in JSX of a source; neither what it imports nor its SQL. */
function textsOfSource(file: string): Text[] {
  const source = readFileSync(join(ROOT, file), 'utf8')
  const texts: Text[] = []
  const take = (node: Node, text: unknown) => {
    if (typeof text === 'string') texts.push({ file, line: source.slice(0, node.start).split('\n').length, text })
  }
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit)
    if (!isNode(value) || value.type === 'ImportDeclaration' || value.type === 'ImportExpression') return
    if (value.type === 'TaggedTemplateExpression' && value.tag?.name === 'sql') return
    if (value.type === 'Literal' || value.type === 'JSXText') take(value, value.value)
    if (value.type === 'TemplateLiteral') {
      take(value, value.quasis?.map((part) => (part.value as { raw: string }).raw).join('…'))
    }
    Object.values(value).forEach(visit)
  }
  // oxlint-disable-next-line typescript/no-deprecated -- its successor is vite's, which is no dependency of its own here
  visit(parseAst(source, { lang: file.endsWith('x') ? 'tsx' : 'ts' }, file))
  return texts
}

function textOf(file: string): Text[] {
  return [{ file, line: 1, text: readFileSync(join(ROOT, file), 'utf8') }]
}

function listTexts(): Text[] {
  const sources = globSync(
    ['workers/**/*.{ts,tsx}', 'shared/**/*.{ts,tsx,mjs}', 'shared/assets/*.js', 'test/*/command.ts'],
    { cwd: ROOT },
  )
  const documents = globSync(['*.md', 'shared/**/*.{md,html}', 'test/**/*.md'], { cwd: ROOT })
  return [
    ...sources.filter((file) => !file.endsWith('.d.ts')).flatMap(textsOfSource),
    ...documents.filter((file) => file !== GLOSSARY).flatMap(textOf),
  ]
}

const NOT_SAID = [...readRows('term').map((row) => row[2]), ...readRows('say').map((row) => row[1])].flatMap(listWords)
const EXCEPTIONS = readRows('where').map(([where = '', what = '']) => ({ where, what: what.toLowerCase() }))

it('no page, problem, message, command or document says what the glossary has another word for', () => {
  const said = listTexts().flatMap(({ file, line, text }) =>
    [...text.matchAll(matcherOf(NOT_SAID))].map(({ 0: what, index }) => ({
      file,
      line: line + text.slice(0, index).split('\n').length - 1,
      what: what.toLowerCase().replaceAll(/\s+/g, ' '),
    })),
  )
  const isExcepted = (found: { file: string; what: string }) =>
    EXCEPTIONS.some(({ where, what }) => found.file.startsWith(where) && found.what === what)
  expect(said.filter((found) => !isExcepted(found)).map(({ file, line, what }) => `${file}:${line}: ${what}`)).toEqual(
    [],
  )
  // An exception that excepts nothing any more goes.
  expect(
    EXCEPTIONS.filter(({ where, what }) => !said.some((found) => found.file.startsWith(where) && found.what === what)),
  ).toEqual([])
})
