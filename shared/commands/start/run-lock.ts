import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { spawnSync } from 'node:child_process'
import { CommandFailure } from '../support/command.ts'
import { STATE } from '../support/paths.ts'
import { runsOnThisState } from '../support/wrangler.ts'

const LOCK = join(STATE, 'running.lock')
const PID = join(STATE, 'running.pid')

/** That this process alone works on the state. */
export type TakenState = { giveBack: () => void; left: number }

/**
 * Takes the state for this process, or throws a CommandFailure that names the process which has it. What an earlier
 * start left running on it is ended first; `left` says how many processes that were.
 *
 * The lock is SQLite's on a file: the system lets go of it with the process, however that ends, so a lock that is held
 * is a start that runs. A number in a file would be anybody's once the process is gone.
 */
export async function takeState(): Promise<TakenState> {
  await mkdir(STATE, { recursive: true })
  const lock = openLock()
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (!isBusy(error)) throw cannotLock(error)
    const pid = await readFile(PID, 'utf8').catch(() => 'unknown')
    throw new CommandFailure(
      `Waybill runs here already, as process ${pid}: end it first, with Ctrl-C where it was started.`,
    )
  }
  await writeFile(PID, String(process.pid))
  return { left: endLeftovers(), giveBack: () => lock.close() }
}

function openLock(): DatabaseSync {
  try {
    return new DatabaseSync(LOCK)
  } catch (error) {
    throw cannotLock(error)
  }
}

function cannotLock(error: unknown): CommandFailure {
  const why = error instanceof Error ? error.message : String(error)
  return new CommandFailure(`Cannot write ${LOCK}: ${why}. Allow it, or name another folder by WAYBILL_STATE.`)
}

function isBusy(error: unknown): boolean {
  const SQLITE_BUSY = 5
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY
}

/** Ends what runs on this state without a start: its start was killed, and so was what ends with it. */
function endLeftovers(): number {
  const left = listProcesses().filter(({ pid, variables }) => pid !== process.pid && runsOnThisState(variables))
  for (const { pid } of left) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It has ended meanwhile.
    }
  }
  return left.length
}

/** The processes of this machine whose environment may be read, which are those of the same person. */
export function listProcesses(): { pid: number; variables: string }[] {
  if (!existsSync('/proc/self/environ')) return listProcessesByPs()
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      return [{ pid: Number(name), variables: readFileSync(`/proc/${name}/environ`, 'utf8') }]
    } catch {
      return [] // Somebody else's, or gone.
    }
  })
}

/** macOS has no /proc; its ps writes a command's environment behind it, separated by spaces. */
function listProcessesByPs(): { pid: number; variables: string }[] {
  const { stdout } = spawnSync('ps', ['-axEww', '-o', 'pid=,command='], { encoding: 'utf8' })
  return (stdout ?? '').split('\n').flatMap((line) => {
    const [, pid, rest] = /^\s*(\d+)\s(.*)$/.exec(line) ?? []
    return pid === undefined || rest === undefined ? [] : [{ pid: Number(pid), variables: rest.replaceAll(' ', '\0') }]
  })
}
