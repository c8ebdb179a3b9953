import { describe, expect, it } from 'vitest'
import { measureMemory } from '../soak/memory.ts'
import { addRound, describeProgress, describeSoak, noFigures } from '../soak/report.ts'

const MEMORY = new Map([
  ['workerd', 900_000_000],
  ['node', 500_000_000],
])
const DONE = { seed: 3, steps: 300, orders: 60, pulls: 70, failures: [] }
const ROUND = { ...DONE, injected: new Map([['reset', 2]]), struck: new Set<string>() }

describe('a soak', () => {
  it('says after each round that all was checked', () => {
    const figures = noFigures(3)
    addRound(figures, ROUND)
    addRound(figures, { ...ROUND, seed: 4 })
    expect(describeProgress(figures, MEMORY, 61)).toBe('1:01  600 steps, 120 orders, 1,400 MB, all checked')
  })

  it('says so of no round that has failed, and by which seed it comes again', () => {
    const figures = noFigures(3)
    addRound(figures, ROUND)
    addRound(figures, { ...ROUND, seed: 4, failures: ['order 7 differs'] })
    expect(describeProgress(figures, MEMORY, 61)).toBe(
      '1:01  600 steps, 120 orders, 1,400 MB, BROKEN in the round of seed 4',
    )
    const described = describeSoak(figures, { before: MEMORY, after: MEMORY }, 61)
    expect(described).toContain('BROKEN; again with: npm run soak -- --seed 4\n    order 7 differs')
    expect(described).not.toContain('Nothing is lost')
  })

  it('ends in what was injected, done and held, by process', () => {
    const figures = noFigures(3)
    addRound(figures, ROUND)
    expect(describeSoak(figures, { before: new Map([['node', 400_000_000]]), after: MEMORY }, 61).split('\n')).toEqual([
      '       2  reset',
      '60 orders, 70 pulls, 300 steps in 1:01 min.',
      'Memory at the start: 400 MB (node 400 MB).',
      'Memory at the end: 1,400 MB (node 500 MB, workerd 900 MB).',
      'Nothing is lost.',
    ])
  })

  it('measures at least its own process', () => {
    expect(measureMemory().get('node')).toBeGreaterThan(1_000_000)
  })
})
