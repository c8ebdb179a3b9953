import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CommandFailure } from './command.ts'
import { importFile } from './import-file.ts'
import { count } from './output.ts'
import { SAMPLE, STATE } from './paths.ts'

/** Customers and products come first, as they would for people who begin. */
const FILES = ['customers.jsonl', 'products.jsonl', 'orders.jsonl']
const IMPORTED = join(STATE, 'sample.imported')
const SILENT = { show: () => undefined, tell: () => undefined, end: () => undefined }

/** Whether the sample data went in at an earlier start. */
export function isSampleImported(): boolean {
  return existsSync(IMPORTED)
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
  await writeFile(IMPORTED, '')
  return told.join(', ')
}
