import { readFileSync } from 'node:fs'
import { join } from 'node:path'
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
      'warehouse/migrations/0001_shipments.sql',
      'warehouse/index.ts',
      'warehouse/wrangler.toml',
      'care/schema.ts',
      'care/migrations/0001_shipments.sql',
      'care/index.ts',
      'care/wrangler.toml',
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
})
