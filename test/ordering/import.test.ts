import { expect, it } from 'vitest'
import { inRounds } from '../../workers/ordering/import.ts'

it('lines are put into rounds in which no id comes twice, each id’s lines in the order in which they stood', () => {
  const lines = ['a1', 'b1', 'a2', 'c1', 'a3', 'b2']
  expect(inRounds(lines, (line) => line.charAt(0))).toEqual([['a1', 'b1', 'c1'], ['a2', 'b2'], ['a3']])
})
