import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../../shared/project/project.ts'

const EXAMPLE = join(ROOT, 'test/examples/shipments')
const tutorial = readFileSync(join(ROOT, 'shared/docs/hand-over-your-own.md'), 'utf8')
/** Each file of which the tutorial prints the content, with what it prints. */
const printed = [...tutorial.matchAll(/^`([^`]+)`:\n\n```\w+\n([^]*?)\n```$/gm)].map(([, path = '', text = '']) => ({
  path,
  text,
}))

describe('the tutorial prints of the example', () => {
  it('each file that a reader has to write', () => {
    expect(printed.map(({ path }) => path)).toEqual([
      'shipment.ts',
      'warehouse/schema.ts',
      'warehouse/wrangler.toml',
      'warehouse/migrations/0001_shipments.sql',
      'warehouse/index.ts',
      'care/schema.ts',
      'care/wrangler.toml',
      'care/migrations/0001_shipments.sql',
      'care/index.ts',
    ])
  })

  it.each(printed.filter(({ path }) => !path.endsWith('.sql')))('$path as it is', ({ path, text }) => {
    expect(`${text}\n`).toBe(readFileSync(join(EXAMPLE, path), 'utf8'))
  })

  // The rest is what npm run handover prints, which test/commands/handover.test.ts holds against it.
  it.each(printed.filter(({ path }) => path.endsWith('.sql')))('the beginning of $path', ({ path, text }) => {
    const [own] = readFileSync(join(EXAMPLE, path), 'utf8').split('\n\n-- What follows')
    expect(text).toBe(own)
  })

  it('all that has to be copied of shared/ into a repository of one’s own', () => {
    const needed = new Set<string>()
    const read = (file: string): void => {
      if (needed.has(file)) return
      needed.add(file)
      for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(/(?:from |import\()'((?:#shared\/|\.)[^']+)'/g)) {
        read(path.startsWith('.') ? join(dirname(file), path) : join(ROOT, path.slice(1)))
      }
    }
    for (const app of ['warehouse', 'care']) read(join(EXAMPLE, app, 'index.ts'))
    const parts = [...needed].map((file) => /^shared\/([^/]+)/.exec(relative(ROOT, file))?.[1] ?? '').filter(Boolean)
    const [, section = ''] = /## In a repository of your own\n\n([^]*?)\n\n/.exec(tutorial) ?? []
    const [, named = ''] = /`shared\/handover` and([^]*?)\. Put them/.exec(section) ?? []
    const said = [...named.matchAll(/`([a-z]+(?:\.ts)?)`/g)].map(([, name]) => name)
    expect(new Set(['handover', ...said])).toEqual(new Set(parts))
  })

  it('the classes of a second feed', () => {
    const code = readFileSync(join(EXAMPLE, 'two-feeds/index.ts'), 'utf8').split('\n')
    const classes = code.filter((line) => /^(?:type WarehouseEnv|export class)/.test(line))
    expect(classes).toHaveLength(5)
    expect(tutorial).toContain(`\n\`\`\`ts\n${classes.join('\n')}\n\`\`\`\n`)
  })
})
