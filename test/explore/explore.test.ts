import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT } from '../../shared/project/project.ts'
import type { Bounds } from './bounds.ts'
import { canonical } from './canonical.ts'
import { WRONG_DESIGNS } from './designs.ts'
import { explore } from './search.ts'
import type { Moment } from './world.ts'

const LAUNCH = join(ROOT, 'shared/commands/launch.mjs')
const MINUTES_MS = 60_000
/** As many of the histories are drawn and replayed. */
const REPLAYED = 12

async function run(...args: string[]): Promise<string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [LAUNCH, ...args], { cwd: ROOT })
  return stdout.trimEnd().split('\n')
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waybill-explore-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('every history within the quick bounds', () => {
  it('keeps what the hand-over promises', { timeout: 10 * MINUTES_MS }, async () => {
    const lines = await run('explore', '--out', join(folder, 'drawn'), '--draw', String(REPLAYED), '--seed', '7')
    expect(lines.slice(0, 4).map((line) => line.replace(/: .*\((.*)\).*/, ': $1'))).toEqual([
      'one fault: all of them',
      'two at once: all of them',
      'restores: all of them',
      'what does not fit: all of them',
    ])
  })

  it('ends on the real Workers as the explorer has said', { timeout: 5 * MINUTES_MS }, async () => {
    const lines = await run('simulate', '--trace', join(folder, 'drawn'))
    expect(lines.map((line) => line.replace(/ in \d+ s/, ''))).toEqual([
      `${REPLAYED} histories replayed: ${REPLAYED} ended as the explorer said.`,
    ])
  })

  it(
    'has one in which each wrong design falls, and the module as it is does not',
    { timeout: 10 * MINUTES_MS },
    async () => {
      const lines = await run('explore', '--wrong')
      expect(lines.filter((line) => /DID NOT FALL|AS WELL/.test(line))).toEqual([])
      expect(lines.at(-1)).toBe(`${WRONG_DESIGNS.length} wrong designs, of which ${WRONG_DESIGNS.length} fell.`)
    },
  )

  it('has the one that is drawn and played', { timeout: MINUTES_MS }, async () => {
    await run('explore', '--story', folder)
    for (const name of ['number-drawn-early.svg', 'number-drawn-early.json']) {
      const [kept, found] = await Promise.all(
        [join(ROOT, 'shared/docs'), folder].map((where) => readFile(join(where, name), 'utf8')),
      )
      expect(kept, 'npm run explore -- --story shared/docs').toBe(found)
    }
  })
})

describe('a search that leaves out what makes no difference', () => {
  const smallest = { records: 1, actions: 3, faults: 0, between: 0, held: 0 }
  const cases: {
    leavesOut: string
    bounds: Bounds
    other: { nameOf?: (moment: Moment) => string } & Partial<Bounds>
  }[] = [
    {
      leavesOut: 'moments that differ by names alone',
      bounds: { ...smallest, kinds: ['place', 'change', 'pull', 'link'] },
      other: { nameOf: JSON.stringify },
    },
    {
      leavesOut: 'independent steps in the other sequence',
      bounds: { ...smallest, kinds: ['place', 'change', 'pull', 'reset'], between: 1 },
      other: { unreduced: true },
    },
    {
      leavesOut: 'independent steps in the other sequence, two actions between them',
      bounds: {
        ...smallest,
        kinds: ['change', 'pull', 'reset'],
        between: 2,
        begin: [
          { kind: 'place', of: 1 },
          { kind: 'pull', of: 0 },
          { kind: 'change', of: 1 },
        ],
      },
      other: { unreduced: true },
    },
    {
      leavesOut: 'turns that pass before a step was taken',
      bounds: {
        ...smallest,
        kinds: ['change', 'pull', 'link'],
        between: 1,
        switches: 1,
        begin: [
          { kind: 'place', of: 1 },
          { kind: 'pull', of: 0 },
        ],
      },
      other: { unreduced: true },
    },
    {
      leavesOut: 'faults that leave nothing behind',
      bounds: { ...smallest, kinds: ['place', 'pull'], faults: 1 },
      other: { unreduced: true },
    },
  ]

  it.each(cases)(
    'finds the same moments as one that tries $leavesOut',
    { timeout: 5 * MINUTES_MS },
    async ({ bounds, other }) => {
      const { nameOf, ...more } = other
      const reduced = await momentsWithin(bounds)
      const unreduced = await momentsWithin({ ...bounds, ...more }, nameOf)
      expect([...unreduced.moments].filter((moment) => !reduced.moments.has(moment))).toEqual([])
      expect(unreduced.moments.size).toBe(reduced.moments.size)
      expect(unreduced.transitions).toBeGreaterThan(reduced.transitions)
    },
  )
})

async function momentsWithin(bounds: Bounds, nameOf: (moment: Moment) => string = canonical) {
  const moments = new Set<string>()
  const { figures, fallen } = await explore(bounds, Infinity, {
    nameOf,
    arrived: (moment) => void moments.add(canonical(moment)),
  })
  expect(fallen).toBeNull()
  return { moments, transitions: figures.transitions }
}
