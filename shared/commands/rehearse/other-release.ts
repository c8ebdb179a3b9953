import { execFile } from 'node:child_process'
import { cp, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CommandFailure } from '../support/command.ts'
import { configOf, listMigrations, ROOT } from '../../project/project.ts'

const execute = promisify(execFile)

const MIGRATIONS = ['workers/ordering/migrations', 'workers/billing/migrations']

/**
 * The last release, by its tag. Where there is none, the commit before the last migration, or, if the databases of that
 * commit began with other files, the commit that began with these: no migration leads from those to these.
 */
export async function findEarlierRelease(): Promise<string> {
  const tagged = await execute('git', ['describe', '--tags', '--abbrev=0', 'HEAD~1'], { cwd: ROOT }).catch(() => null)
  if (tagged !== null) return tagged.stdout.trim()
  const { stdout } = await execute('git', ['log', '-1', '--format=%H', '--', ...MIGRATIONS], { cwd: ROOT })
  const last = stdout.trim()
  const since = ['diff', '--name-only', '--no-renames', '--diff-filter=a', `${last}~1`, '--', ...MIGRATIONS]
  const { stdout: changed } = await execute('git', since, { cwd: ROOT })
  return changed === '' ? `${last}~1` : last
}

/** A migration that changes nothing for the code. */
const LATER_MIGRATION = { file: '9999_rehearsed.sql', sql: 'CREATE TABLE rehearsed (nr INTEGER PRIMARY KEY);\n' }

/** Puts into the directory a release that follows this one: its code, which requires one more migration of each app. */
export async function makeLaterRelease(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true })
  await mkdir(directory, { recursive: true })
  for (const part of ['package.json', 'tsconfig.json', 'shared', 'workers']) {
    await cp(join(ROOT, part), join(directory, part), { recursive: true })
  }
  for (const app of ['ordering', 'billing'] as const) {
    const { file, sql } = LATER_MIGRATION
    const release = { app, migrations: [...listMigrations(app), file] }
    await cp(join(ROOT, configOf(app)), join(directory, configOf(app)))
    await writeFile(join(directory, 'workers', app, 'migrations', file), sql)
    await writeFile(
      join(directory, 'workers', app, 'release.ts'),
      `export const RELEASE = ${JSON.stringify(release)}\n`,
    )
  }
  await symlink(join(ROOT, 'node_modules'), join(directory, 'node_modules'))
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
