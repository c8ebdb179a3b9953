import { expect, it } from 'vitest'
import { fold } from '../../workers/ordering/fold.ts'

it.each([
  ['Straße', 'STRASSE'],
  ['ΟΔΟΣ', 'οδοσ'],
  ['ὈΔΥΣΣΕΎΣ', 'ὀδυσσεύς'],
  ['ＡＢＣ', 'abc'],
  ['ﬁn', 'FIN'],
  ['é', 'e\u0301'],
  ['ΐ', 'Ϊ\u0301'],
])('%s and %s are found by each other', (one, other) => {
  expect(fold(one)).toBe(fold(other))
})
