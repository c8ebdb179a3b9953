import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../../shared/project/project.ts'
import { MECHANISMS } from './mechanisms.ts'
import { takenOutOf } from './take-out.ts'

describe('each mechanism that npm run mutants takes out', () => {
  it.each(MECHANISMS)('$name is in the code, once', async (mechanism) => {
    const changes = await takenOutOf(ROOT, mechanism)
    expect(changes.filter(({ before, after }) => before === after)).toEqual([])
    for (const step of mechanism.takenOut) {
      if (!('sql' in step)) continue
      const trigger = /^DROP TRIGGER (\w+)$/.exec(step.sql)?.[1] ?? step.sql
      expect(await readMigrationsOf(step.app)).toContain(`CREATE TRIGGER ${trigger} `)
    }
  })

  it('is noticed by a test that is there', async () => {
    for (const { caughtBy } of MECHANISMS) {
      if (caughtBy === 'histories') continue
      expect(await readFile(join(ROOT, caughtBy.file), 'utf8')).toContain(caughtBy.title)
    }
  })

  it('stands for a guarantee, and each guarantee has one', () => {
    expect(new Set(MECHANISMS.map(({ guarantee }) => guarantee))).toEqual(new Set([1, 2, 3, 4, 5, 6, 7]))
  })
})

async function readMigrationsOf(app: string): Promise<string> {
  const folder = join(ROOT, 'workers', app, 'migrations')
  const files = await readdir(folder)
  return (await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))).join('\n')
}
