import { expect, it } from 'vitest'
import { parseTraceParent, writeTraceParent } from '../../../shared/edge/trace-parent.ts'

const RUN_ID = '7f0c9f3e-4d0e-4f6e-9a53-3a7d1b0c2e55'

it('writes a run’s id as a trace of W3C Trace Context, with a span of its own for each call', () => {
  const [one, other] = [writeTraceParent(RUN_ID), writeTraceParent(RUN_ID)]
  expect(one).toMatch(/^00-7f0c9f3e4d0e4f6e9a533a7d1b0c2e55-[0-9a-f]{16}-01$/)
  expect(one).not.toBe(other)
})

it('reads the run’s id back, and nothing out of what is no trace', () => {
  expect(parseTraceParent(writeTraceParent(RUN_ID))).toBe(RUN_ID)
  expect([null, '', RUN_ID, `00-${RUN_ID}-0000000000000001-01`].map(parseTraceParent)).toEqual(
    Array.from({ length: 4 }, () => undefined),
  )
})
