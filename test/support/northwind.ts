import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ImportLine } from './orders.ts'
import { ROOT } from '../../shared/project/project.ts'

const FILES = ['customers.jsonl', 'orders.jsonl', 'products.jsonl'] as const

/** Orders to import, and where they come from. */
export type Collection = { name: 'northwind' | 'sample'; directory: string; orders: ImportLine[] }

/**
 * The Northwind orders, from where NORTHWIND says or beside the project. Where they are not, the project's own sample
 * orders, and a printed line says so: the caller's test goes on with them.
 */
export function findCollection(): Collection {
  const directory = process.env['NORTHWIND'] ?? join(ROOT, '../shared/data/northwind')
  if (FILES.every((file) => existsSync(join(directory, file)))) return readCollection('northwind', directory)
  console.warn(
    `The Northwind orders are not in ${directory} (NORTHWIND): the sample orders go through this test instead.`,
  )
  return readCollection('sample', join(ROOT, 'shared/sample'))
}

function readCollection(name: Collection['name'], directory: string): Collection {
  return { name, directory, orders: readLines(join(directory, 'orders.jsonl')) }
}

function readLines(file: string): ImportLine[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as ImportLine)
}
