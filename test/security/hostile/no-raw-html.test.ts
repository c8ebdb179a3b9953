import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ROOT } from '../../../shared/project/project.ts'

/** What puts text into a page as markup, or runs it as a program. */
const UNESCAPED = [
  /\b(?:inner|outer)HTML\b/,
  /\binsertAdjacentHTML\b/,
  /\bdangerouslySetInnerHTML\b/,
  /\bdocument\.write/,
  /(?<!sql\.)\braw\(/,
  /\bhtml`/,
  /\bcreateContextualFragment\b|\bDOMParser\b|\bsrcdoc\b/,
  /\beval\(|\bnew Function\(|\bset(?:Timeout|Interval)\(\s*['"`]/,
  /\son(?!e=)[a-z]+=["{]/,
  /\bstyle=(?:"|\{)/,
  /javascript:/i,
]
/**
 * What is left: two texts of ours, without anything in them that was typed, and a page of this app's own, escaped where it
 * was made, from which a script takes a part. A document that is parsed so runs no script.
 */
const ALLOWED = [
  `shared/ui/layout.tsx: raw('<!DOCTYPE html>')`,
  'shared/ui/layout.tsx: raw(`<link rel="expect" href="#${PAGE_END}" blocking="render"/>`)',
  `shared/assets/order-currency.js: const page = new DOMParser().parseFromString(await response.text(), 'text/html')`,
]

function listSources(): string[] {
  const directories = ['shared', 'workers'].flatMap((directory) =>
    readdirSync(join(ROOT, directory), { recursive: true, encoding: 'utf8' }).map((file) => `${directory}/${file}`),
  )
  return directories.filter((file) => /\.(?:tsx?|js|mjs|svg)$/.test(file) && !file.includes('commands/'))
}

it('no page is made of anything but escaped text: no raw HTML, inline script or inline style in the sources', () => {
  const sources = listSources()
  expect(sources.length).toBeGreaterThan(100)
  const found = sources.flatMap((file) => {
    const lines = readFileSync(join(ROOT, file), 'utf8').split('\n')
    return lines
      .filter((line) => UNESCAPED.some((pattern) => pattern.test(line)))
      .map((line) => `${file}: ${line.trim()}`)
  })
  expect(found.toSorted()).toEqual(ALLOWED.toSorted())
})
