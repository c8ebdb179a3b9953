import { existsSync, mkdirSync, readdirSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env, kill, pid } from 'node:process'

/** Where Linux keeps files in memory. */
const MEMORY = '/dev/shm'
/** A run writes a tenth of it. */
const ROOM_BYTES = 2 * 1024 ** 3
const PREFIX = 'waybill-tests-'

/**
 * Gives a run a directory of its own for what nobody reads after it: databases, states, browsers' profiles. It is in memory
 * where that has room: on a disk each commit of a database waits milliseconds, which is most of what many a test takes.
 */
export function setup(): () => void {
  const parent = hasRoom() ? MEMORY : tmpdir()
  removeAbandoned(parent)
  const directory = join(parent, PREFIX + String(pid))
  mkdirSync(directory, { recursive: true })
  // What Node has compiled stays, for the next run: wrangler alone is 15 MB of JavaScript, and some fifty are started.
  env['NODE_COMPILE_CACHE'] ??= join(tmpdir(), 'node-compile-cache')
  env['TMPDIR'] = directory
  return () => rmSync(directory, { recursive: true, force: true })
}

function hasRoom(): boolean {
  if (!existsSync(MEMORY)) return false
  const { bavail, bsize } = statfsSync(MEMORY)
  return bavail * bsize > ROOM_BYTES
}

/** A run that was killed has left its files. */
function removeAbandoned(parent: string): void {
  for (const name of readdirSync(parent).filter((name) => name.startsWith(PREFIX))) {
    if (!isRunning(Number(name.slice(PREFIX.length)))) rmSync(join(parent, name), { recursive: true, force: true })
  }
}

function isRunning(process: number): boolean {
  try {
    return kill(process, 0)
  } catch {
    return false
  }
}
