import { expect, it } from 'vitest'
import { describeSlowest } from './slowest.ts'

it('a run ends with its slowest tests and files, the slowest first', () => {
  const tests = Array.from({ length: 21 }, (_, index) => ({ what: `a.test.ts > test ${index}`, ms: index * 100 }))
  const files = [
    { what: 'b.test.ts', ms: 950 },
    { what: 'a.test.ts', ms: 21_000 },
  ]
  const lines = describeSlowest(tests, files).split('\n')
  expect(lines).toHaveLength(25)
  expect(lines.slice(0, 2)).toEqual(['The 20 slowest tests:', '    2.0 s  a.test.ts > test 20'])
  expect(lines[20]).toBe('    0.1 s  a.test.ts > test 1')
  expect(lines.slice(21)).toEqual(['The 10 slowest files:', '   21.0 s  a.test.ts', '    0.9 s  b.test.ts', ''])
})
