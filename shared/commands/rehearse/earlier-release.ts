import { execFile } from 'node:child_process'
import { mkdir, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CommandFailure } from '../support/command.ts'
import { ROOT } from '../../project/project.ts'

const execute = promisify(execFile)

const MIGRATIONS = ['workers/ordering/migrations', 'workers/billing/migrations']

/** The last release, by its tag; where there is none, the commit before the databases were changed last. */
export async function findEarlierRelease(): Promise<string> {
  const tagged = await execute('git', ['describe', '--tags', '--abbrev=0', 'HEAD~1'], { cwd: ROOT }).catch(() => null)
  if (tagged !== null) return tagged.stdout.trim()
  const { stdout } = await execute('git', ['log', '-1', '--format=%H', '--', ...MIGRATIONS], { cwd: ROOT })
  return `${stdout.trim()}~1`
}

/** Puts the code of a commit into the directory, on the packages that are installed here, and returns its short name. */
export async function checkOut(commit: string, directory: string): Promise<string> {
  await rm(directory, { recursive: true, force: true })
  await mkdir(directory, { recursive: true })
  const archive = join(directory, 'code.tar')
  try {
    const { stdout } = await execute('git', ['rev-parse', '--short', commit], { cwd: ROOT })
    await execute('git', ['archive', '--format=tar', '--output', archive, commit], { cwd: ROOT })
    await execute('tar', ['-xf', archive, '-C', directory])
    await symlink(join(ROOT, 'node_modules'), join(directory, 'node_modules'))
    return stdout.trim()
  } catch (error) {
    throw new CommandFailure(
      `The code of ${commit} cannot be had: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}
