import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../../shared/project/project.ts'
import { MECHANISMS, takenOutOfShipments, type Unmigrate } from './mechanisms.ts'
import { migrationsOf, takenOutOf } from './take-out.ts'

describe('each mechanism that npm run mutants takes out', () => {
  it.each(MECHANISMS)('$name is in the code, once', async (mechanism) => {
    const inShipments = { name: mechanism.name, takenOut: takenOutOfShipments(mechanism) ?? [] }
    const changes = [...(await takenOutOf(ROOT, mechanism)), ...(await takenOutOf(ROOT, inShipments))]
    expect(changes.filter(({ before, after }) => before === after)).toEqual([])
    for (const step of [...mechanism.takenOut, ...inShipments.takenOut]) {
      if (!('sql' in step)) continue
      const trigger = /^DROP TRIGGER (\w+)$/.exec(step.sql)?.[1] ?? step.sql
      expect(await readMigrationsOf(step.app)).toContain(`CREATE TRIGGER ${trigger} `)
    }
  })

  it('is noticed by a test that is there', async () => {
    for (const { caughtBy } of MECHANISMS) {
      if (typeof caughtBy === 'string') continue
      expect(await readFile(join(ROOT, caughtBy.file), 'utf8')).toContain(caughtBy.title)
    }
  })

  it('stands for a guarantee, and each guarantee has one', () => {
    expect(new Set(MECHANISMS.map(({ guarantee }) => guarantee))).toEqual(new Set([1, 2, 3, 4, 5, 6, 7]))
  })
})

async function readMigrationsOf(app: Unmigrate['app']): Promise<string> {
  const folder = join(ROOT, migrationsOf(app))
  const files = await readdir(folder)
  return (await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))).join('\n')
}
