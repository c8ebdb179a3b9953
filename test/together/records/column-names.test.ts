import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { getTableColumns, getTableName, is } from 'drizzle-orm'
import { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../../../shared/project/project.ts'
import * as billingSchema from '../../../workers/billing/schema.ts'
import * as orderingSchema from '../../../workers/ordering/schema.ts'

const SCHEMAS = { ordering: orderingSchema, billing: billingSchema }

/** Names that a statement gives to what it selects itself, and which a column has as well; by the store. */
const OWN_NAMES: Record<string, readonly string[]> = {
  'search-store.ts': ['number'],
  'catalogue-store.ts': ['id'],
  'audit-store.ts': ['id', 'before', 'after'],
}

describe.each(['ordering', 'billing'] as const)('each statement of a store of %s', (app) => {
  it('names tables and columns by their objects, so that it does not compile once one is renamed', () => {
    const names = namesIn(app)
    const bare = globSync(`workers/${app}/*/*-store.ts`, { cwd: ROOT }).flatMap((file) => {
      const own = OWN_NAMES[basename(file)] ?? []
      return templatesIn(readFileSync(join(ROOT, file), 'utf8'))
        .flatMap(wordsIn)
        .filter((word) => names.has(word) && !own.includes(word))
        .map((word) => `${file}: ${word}`)
    })
    expect(bare).toEqual([])
  })
})

function namesIn(app: keyof typeof SCHEMAS): ReadonlySet<string> {
  const tables = Object.values(SCHEMAS[app]).filter((table) => is(table, SQLiteTable))
  return new Set(
    tables.flatMap((table) => [getTableName(table), ...Object.values(getTableColumns(table)).map(({ name }) => name)]),
  )
}

const TAG = /\b(?:sql|plain)(?:<[^`]*?>)?`|\bsql\.raw\(\s*[`']/g

/** The SQL of each template, with `?` for each of its values; a template in a value is one of its own. */
function templatesIn(source: string): string[] {
  return [...source.matchAll(TAG)].map(({ index, 0: tag }) => readTemplate(source, index + tag.length).text)
}

function readTemplate(source: string, begin: number): { text: string; end: number } {
  const quote = source[begin - 1]
  let text = ''
  let at = begin
  while (at < source.length && source[at] !== quote) {
    if (quote === '`' && source.startsWith('${', at)) {
      at = endOfValue(source, at + 2)
      text += '?'
    } else {
      text += source[at]
      at += 1
    }
  }
  return { text, end: at + 1 }
}

function endOfValue(source: string, begin: number): number {
  let depth = 1
  let at = begin
  while (depth > 0) {
    if (source[at] === '`') {
      at = readTemplate(source, at + 1).end
      continue
    }
    if (source[at] === '{') depth += 1
    if (source[at] === '}') depth -= 1
    at += 1
  }
  return at
}

/** The words that may be names: no text, no function, no name that the statement itself gives by AS. */
function wordsIn(sql: string): string[] {
  return (
    sql
      .replaceAll(/'[^']*'/g, "''")
      .replaceAll(/\bAS\s+\w+/g, '')
      .replaceAll(/\bINDEXED BY \w+/g, '')
      .match(/\b[a-z_][a-z0-9_]*\b(?!\()/g) ?? []
  )
}
