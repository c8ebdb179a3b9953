import { readWhole } from '../../shared/commands/support/arguments.ts'
import { CommandFailure, defineCommand } from '../../shared/commands/support/command.ts'
import { count, spell } from '../../shared/commands/support/output.ts'
import { type Bounds, type Figures, isKind, KINDS, LARGE, MEDIUM, type NamedBounds, QUICK } from './bounds.ts'
import { AS_IT_IS, type Design, loadDesign, WRONG_DESIGNS } from './designs.ts'

const USAGE = `npm run explore -- [options]

Runs every history of the hand-over within bounds, on the module’s own code over SQLite in memory: each way in which an
action can go wrong, and each action between the steps of another. After each, what is promised is checked. The first
history after which something does not hold is the shortest; it is told in sentences, and the exit code is 1.

  --bounds NAME   quick: a few small worlds (default); medium: the same with more that goes wrong, for a quarter of an hour;
                  large: everything, for hours
  --records N     instead: bounds of your own: at most N records,
  --actions N     N actions,
  --faults N      N faults,
  --between N     N actions between the steps of another,
  --held N        N calls that land later or never,
  --kinds A,B     and these kinds of actions (all): ${KINDS.join(', ')}
  --minutes N     end after this many minutes, with the figures so far (600)
  --wrong         explore the wrong designs: the module without each of its mechanisms, which must fall
  --only TEXT     of those, the ones whose name contains the text`

/** Explores what is asked for. */
export const command = defineCommand({
  usage: USAGE,
  options: {
    bounds: { type: 'string', default: 'quick' },
    records: { type: 'string' },
    actions: { type: 'string' },
    faults: { type: 'string', default: '0' },
    between: { type: 'string', default: '0' },
    held: { type: 'string', default: '0' },
    kinds: { type: 'string' },
    minutes: { type: 'string', default: '600' },
    wrong: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  },
  async act(values) {
    // Time is the explorer's: what waits for an answer gives up where the history says so, and at no hour.
    globalThis.setTimeout = (() => 0) as unknown as typeof setTimeout
    const until = performance.now() + readWhole('--minutes', values.minutes) * 60_000
    const failed = values.wrong
      ? await exploreWrong(values.only, until)
      : await exploreRight(
          values.actions === undefined && values.records === undefined
            ? presetOf(values.bounds)
            : [{ name: 'bounds of your own', bounds: ownBounds(values) }],
          until,
        )
    if (failed) process.exitCode = 1
  },
})

function presetOf(name: string): readonly NamedBounds[] {
  if (name === 'quick') return QUICK
  if (name === 'medium') return MEDIUM
  if (name === 'large') return LARGE
  throw new CommandFailure(`--bounds needs quick, medium or large, not ${name}.`)
}

type OwnBounds = Partial<Record<'records' | 'actions' | 'kinds', string>> &
  Record<'faults' | 'between' | 'held', string>

function ownBounds({ records = '1', actions = '4', faults, between, held, kinds }: OwnBounds): Bounds {
  const asked = kinds?.split(',') ?? KINDS
  const unknown = asked.find((kind) => !isKind(kind))
  if (unknown !== undefined) throw new CommandFailure(`--kinds needs kinds of actions; ${unknown} is none.`)
  return {
    kinds: asked.filter(isKind),
    records: readWhole('--records', records),
    actions: readWhole('--actions', actions),
    faults: readCount('--faults', faults),
    between: readCount('--between', between),
    held: readCount('--held', held),
  }
}

function readCount(option: string, text: string): number {
  return text === '0' ? 0 : readWhole(option, text)
}

/** Explores the module as it is; returns whether something did not hold. */
async function exploreRight(all: readonly NamedBounds[], until: number): Promise<boolean> {
  const { explore, tell } = await loadDesign(AS_IT_IS)
  let failed = false
  for (const { name, bounds } of all) {
    const { figures, fallen } = await explore(bounds, until, {
      passed: (figures) =>
        process.stdout.isTTY && process.stdout.write(`\r${describe(name, { ...figures, complete: false })}`),
    })
    if (process.stdout.isTTY) process.stdout.write('\r')
    console.log(describe(name, figures))
    if (fallen === null) continue
    failed = true
    for (const sentence of await tell(fallen, bounds)) console.log(`  ${sentence}`)
  }
  return failed
}

/** Explores the wrong designs; returns whether one did not fall. */
async function exploreWrong(only: string, until: number): Promise<boolean> {
  const designs = WRONG_DESIGNS.filter(({ name }) => name.includes(only))
  if (designs.length === 0) throw new CommandFailure(`No wrong design’s name contains ${only}.`)
  let standing = 0
  for (const design of designs) if (!(await falls(design, until))) standing += 1
  console.log(`${count(designs.length, 'wrong design')}, of which ${spell(designs.length - standing)} fell.`)
  return standing > 0
}

async function falls(design: Design, until: number): Promise<boolean> {
  const { explore, tell } = await loadDesign(design)
  const { figures, fallen } = await explore(design.bounds, until)
  console.log(describe(`${design.name}, taken out: ${design.without}`, figures))
  if (fallen === null) {
    console.log('  IT DID NOT FALL.')
    return false
  }
  for (const sentence of await tell(fallen, design.bounds)) console.log(`  ${sentence}`)
  return true
}

function describe(name: string, { moments, transitions, depth, seconds, megabytes, complete }: Figures): string {
  const ended = complete ? 'all of them' : 'not all of them'
  return `${name}: ${count(transitions, 'transition')} (${ended}), ${count(moments, 'moment')}, ${count(depth, 'action')} deep, ${spell(Math.round(seconds))} s, ${spell(megabytes)} MB`
}
