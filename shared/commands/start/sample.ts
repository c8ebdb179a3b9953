import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CommandFailure } from '../support/command.ts'
import { openState } from '../support/local-database.ts'
import { importFile } from '../import/file.ts'
import { count } from '../support/output.ts'
import { SAMPLE } from '../support/paths.ts'

/** Customers and products come first, as they would for people who begin. */
const FILES = ['customers.jsonl', 'products.jsonl', 'orders.jsonl']
const SILENT = { show: () => undefined, tell: () => undefined, end: () => undefined }

/** Whether the sample data is there, by what the database itself says: whether it has the order that goes in last. */
export function isSampleImported(): boolean {
  const database = openState('ordering')
  if (database === undefined) return false
  try {
    return database.prepare('SELECT 1 FROM orders WHERE external_id = ?').get(findLastExternalId()) !== undefined
  } finally {
    database.close()
  }
}

function findLastExternalId(): string {
  const last = readFileSync(join(SAMPLE, 'orders.jsonl'), 'utf8').trimEnd().split('\n').at(-1) ?? ''
  return (JSON.parse(last) as { externalId: string }).externalId
}

/** Imports the sample data by the API and says what it was. */
export async function importSample(orderingOrigin: string, signal: AbortSignal): Promise<string> {
  const told: string[] = []
  for (const name of FILES) {
    const { lines, kind, refused, refusedFile } = await importFile(
      join(SAMPLE, name),
      orderingOrigin,
      () => SILENT,
      signal,
    )
    if (refused > 0) throw new CommandFailure(`The sample ${kind} do not fit: ${refusedFile} says why.`)
    told.push(count(lines, kind.slice(0, -1)))
  }
  return told.join(', ')
}
