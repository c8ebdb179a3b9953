import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ROOT } from '../../shared/project/project.ts'

const HANDOVER = join(ROOT, 'shared/handover')
const FILES = readdirSync(HANDOVER, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))

/** What the first user of the module hands over, and what it is for. */
const WORDS = /order|invoice|customer|currency/i
/** A sequence is no order. */
const OF_SEQUENCE = /ORDER BY|in the order (?:of|that|they|in)|in (?:either|any) order/g

it.each(FILES)('shared/handover/%s knows no word of the application, and imports nothing of it', (file) => {
  const lines = readFileSync(join(HANDOVER, file), 'utf8').split('\n')
  expect(lines.filter((line) => WORDS.test(line.replace(OF_SEQUENCE, '')))).toEqual([])
  expect(lines.filter((line) => /from '.*(?:workers|contract)\//.test(line))).toEqual([])
})
