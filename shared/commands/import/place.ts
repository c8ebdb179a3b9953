import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Place } from './lines.ts'
import { STATE } from '../support/paths.ts'

const DIRECTORY = join(STATE, 'imports')

/** What an import has done so far, in lines; `superseded` are those of the unchanged whose id a later line has. */
export type Done = { created: number; changed: number; unchanged: number; superseded: number; refused: number }
/** Where an import that was cut off goes on. */
export type Interrupted = { place: Place; done: Done }

/** Where the same content went on its way to the same target, if an earlier import of it was cut off. */
export async function findInterrupted(digest: string, origin: string): Promise<Interrupted | undefined> {
  try {
    return JSON.parse(await readFile(fileOf(digest, origin), 'utf8')) as Interrupted
  } catch {
    return undefined
  }
}

/** Keeps the place, so that the next import of the content goes on there. */
export async function keepPlace(digest: string, origin: string, interrupted: Interrupted): Promise<void> {
  const file = fileOf(digest, origin)
  await mkdir(DIRECTORY, { recursive: true })
  await writeFile(`${file}.new`, JSON.stringify(interrupted))
  await rename(`${file}.new`, file)
}

/** Forgets the place: the import is done. */
export async function forgetPlace(digest: string, origin: string): Promise<void> {
  await rm(fileOf(digest, origin), { force: true })
}

function fileOf(digest: string, origin: string): string {
  const name = createHash('sha256').update(`${digest} ${origin}`).digest('hex').slice(0, 32)
  return join(DIRECTORY, `${name}.json`)
}
