import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Edit, Mechanism, Unmigrate } from './mechanisms.ts'

/** A file as it is and as it is without the mechanism; null where there is none. */
export type Change = { file: string; before: string | null; after: string | null }

/** Runs after every other migration. */
const LAST_MIGRATION = '9999_taken_out.sql'
const MIGRATIONS: Record<Unmigrate['app'], string> = {
  ordering: 'workers/ordering/migrations',
  billing: 'workers/billing/migrations',
  warehouse: 'test/examples/shipments/warehouse/migrations',
  care: 'test/examples/shipments/care/migrations',
}

/** Where the migrations of a Worker are, as a path from the project's directory. */
export function migrationsOf(app: Unmigrate['app']): string {
  return MIGRATIONS[app]
}

/**
 * What taking the mechanism out of the tree changes, a change a file. Throws where the tree has not exactly one place for
 * an edit: a mechanism that cannot be taken out holds nothing.
 */
export async function takenOutOf(
  tree: string,
  { name, takenOut }: Pick<Mechanism, 'name' | 'takenOut'>,
): Promise<Change[]> {
  const changes = new Map<string, Change>()
  for (const step of takenOut) {
    const file = 'file' in step ? step.file : join(migrationsOf(step.app), LAST_MIGRATION)
    const known = changes.get(file) ?? (await asItIs(tree, file, step))
    changes.set(file, { ...known, after: 'file' in step ? edit(name, known, step) : append(known, step) })
  }
  return [...changes.values()]
}

async function asItIs(tree: string, file: string, step: Edit | Unmigrate): Promise<Change> {
  const text = 'file' in step ? await readFile(join(tree, file), 'utf8') : null
  return { file, before: text, after: text }
}

function edit(name: string, { after }: Change, { file, find, put }: Edit): string {
  const parts = (after ?? '').split(find)
  if (parts.length !== 2) {
    throw new Error(`Cannot take out ${name}: ${file} has ${parts.length - 1} places that say ${find}`)
  }
  return parts.join(put)
}

function append({ after }: Change, { sql }: Unmigrate): string {
  return `${after ?? ''}${sql};\n`
}

/** Writes the changed files, as they are without the mechanism or as they were. */
export async function applyTo(tree: string, changes: readonly Change[], when: 'before' | 'after'): Promise<void> {
  for (const change of changes) {
    const text = change[when]
    const path = join(tree, change.file)
    if (text === null) await rm(path, { force: true })
    else await writeFile(path, text)
  }
}
