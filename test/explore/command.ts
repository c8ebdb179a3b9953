import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readWhole } from '../../shared/commands/support/arguments.ts'
import { CommandFailure, defineCommand } from '../../shared/commands/support/command.ts'
import { count, spell } from '../../shared/commands/support/output.ts'
import {
  type Bounds,
  type Explorer,
  type Figures,
  isKind,
  KINDS,
  LARGE,
  MEDIUM,
  type NamedBounds,
  QUICK,
} from './bounds.ts'
import { AS_IT_IS, type Design, loadDesign, WRONG_DESIGNS } from './designs.ts'
import { Drawn, type Found, writeTraces, type Written } from './draw.ts'
import { drawStory } from './picture.ts'

const USAGE = `npm run explore -- [options]

Runs every history of the hand-over within bounds, on the module’s own code over SQLite in memory: each way in which an
action can go wrong, and each action between the steps of another. After each, what is promised is checked. The first
history after which something does not hold is the shortest; it is told in sentences, and the exit code is 1.

  --bounds NAME   quick: a few small worlds (default); medium: the same with more that goes wrong, for a quarter of an hour;
                  large: longer histories, for hours
  --records N     instead: bounds of your own: at most N records,
  --actions N     N actions,
  --faults N      N faults,
  --between N     N actions between the steps of another,
  --held N        N calls that land later or never,
  --switches N    N turns that pass from one action under way to another,
  --kinds A,B     and these kinds of actions (all): ${KINDS.join(', ')}
  --record FILE   write the figures of each there, and now and then those so far
  --minutes N     end after this many minutes, with the figures so far (600)
  --wrong         explore the wrong designs: the module without each of its mechanisms, which must fall
  --only TEXT     of those, the ones whose name contains the text
  --out FOLDER    write histories there, for npm run simulate -- --trace FOLDER: with --wrong the one by which each falls,
                  else some of all that were explored, drawn by chance
  --draw N        how many of those (1000)
  --story FOLDER  explore the most instructive wrong design alone, and write how it falls there, as a picture and as
                  sentences: shared/docs has both
  --seed N        what decides which (1)`

/** How many histories are drawn for one that is to be written. */
const DRAWN_FOR_ONE = 4

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
    switches: { type: 'string', default: '0' },
    kinds: { type: 'string' },
    minutes: { type: 'string', default: '600' },
    wrong: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    record: { type: 'string' },
    story: { type: 'string' },
    out: { type: 'string' },
    draw: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
  },
  async act(values) {
    // Time is the explorer's: what waits for an answer gives up where the history says so, and at no hour.
    globalThis.setTimeout = (() => 0) as unknown as typeof setTimeout
    const until = performance.now() + readWhole('--minutes', values.minutes) * 60_000
    if (values.story !== undefined) {
      await writeStory(values.story, until)
      return
    }
    const draw =
      values.out === undefined
        ? undefined
        : { folder: values.out, most: readWhole('--draw', values.draw), seed: readWhole('--seed', values.seed) }
    const failed = values.wrong
      ? await exploreWrong(values.only, until, values.out)
      : await exploreRight(
          values.actions === undefined && values.records === undefined
            ? presetOf(values.bounds)
            : [{ name: 'bounds of your own', bounds: ownBounds(values) }],
          { until, draw, record: values.record },
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
  Record<'faults' | 'between' | 'held' | 'switches', string>

function ownBounds({ records = '1', actions = '4', faults, between, held, switches, kinds }: OwnBounds): Bounds {
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
    switches: readCount('--switches', switches),
  }
}

function readCount(option: string, text: string): number {
  return text === '0' ? 0 : readWhole(option, text)
}

type Draw = { folder: string; most: number; seed: number }

/** Explores the module as it is, and writes down what is drawn; returns whether something did not hold. */
async function exploreRight(
  all: readonly NamedBounds[],
  { until, draw, record }: { until: number; draw: Draw | undefined; record: string | undefined },
): Promise<boolean> {
  const explorer = await loadDesign(AS_IT_IS)
  const { explore, tell } = explorer
  // Some cannot be written down: as many again are drawn in their place.
  const drawn = draw && new Drawn<Found>(DRAWN_FOR_ONE * draw.most, draw.seed)
  const ended: Recorded[] = []
  let failed = false
  for (const { name, bounds } of all) {
    let reached = 0
    const { figures, fallen } = await explore(bounds, until, {
      reached(moves) {
        reached += 1
        drawn?.offer(() => ({ name: `${name} ${reached}`, moves: moves(), bounds }))
      },
      passed(soFar) {
        if (process.stdout.isTTY) process.stdout.write(`\r${describe(name, soFar)}`)
        if (record !== undefined) write(record, [...ended, { name, bounds, ...soFar }])
      },
    })
    if (process.stdout.isTTY) process.stdout.write('\r')
    console.log(describe(name, figures))
    ended.push({ name, bounds, ...figures })
    if (record !== undefined) write(record, ended)
    if (fallen === null) continue
    failed = true
    for (const sentence of await tell(fallen, bounds)) console.log(`  ${sentence}`)
  }
  if (draw !== undefined && drawn !== undefined) {
    const { folder, most } = draw
    report(folder, await writeTraces(folder, drawn.all, most, { found: explorer, asItIs: explorer }))
  }
  return failed
}

type Recorded = NamedBounds & Figures

function write(file: string, recorded: readonly Recorded[]): void {
  writeFileSync(file, `${JSON.stringify(recorded, null, 2)}\n`)
}

function report(folder: string, { traces, left }: Written): void {
  console.log(`${spell(traces)} histories written to ${folder}; left out:`)
  for (const [why, times] of [...left].sort(([, one], [, other]) => other - one)) {
    console.log(`  ${spell(times)}: ${why}`)
  }
}

/** Explores the wrong designs; returns whether one did not fall. */
async function exploreWrong(only: string, until: number, folder: string | undefined): Promise<boolean> {
  const designs = WRONG_DESIGNS.filter(({ name }) => name.includes(only))
  if (designs.length === 0) throw new CommandFailure(`No wrong design’s name contains ${only}.`)
  let standing = 0
  for (const design of designs) if (!(await falls(design, until, folder))) standing += 1
  console.log(`${count(designs.length, 'wrong design')}, of which ${spell(designs.length - standing)} fell.`)
  return standing > 0
}

async function falls(design: Design, until: number, folder: string | undefined): Promise<boolean> {
  const found = await loadDesign(design)
  const { explore, tell } = found
  const { figures, fallen } = await explore(design.bounds, until)
  console.log(describe(`${design.name}, taken out: ${design.without}`, figures))
  if (fallen === null) {
    console.log('  IT DID NOT FALL.')
    return false
  }
  for (const sentence of await tell(fallen, design.bounds)) console.log(`  ${sentence}`)
  const asItIs = await loadDesign(AS_IT_IS)
  const history = { name: design.name, moves: fallen.moves, bounds: design.bounds }
  const why = await doesNotStand(found, asItIs, history)
  if (why !== undefined) {
    console.log(`  THE MODULE AS IT IS FALLS BY IT AS WELL: ${why}`)
    return false
  }
  if (folder !== undefined) report(folder, await writeTraces(folder, [history], 1, { found, asItIs }))
  return true
}

/** The wrong design that is drawn and played: what most people would build. */
const INSTRUCTIVE = 'number-assigned-as-the-change-is-written'
const STORY_TITLE = 'A number that is drawn as the change is written, and lands after a higher one'

/** Writes how the most instructive wrong design falls, as a picture and as sentences. */
async function writeStory(folder: string, until: number): Promise<void> {
  const design = WRONG_DESIGNS.find(({ name }) => name === INSTRUCTIVE)
  if (design === undefined) throw new Error(`Cannot tell a story: there is no design ${INSTRUCTIVE}`)
  const { explore, tell } = await loadDesign(design)
  const { fallen } = await explore(design.bounds, until)
  if (fallen === null) throw new CommandFailure(`${INSTRUCTIVE} does not fall.`)
  const sentences = await tell(fallen, design.bounds)
  const broken = fallen.broken.length
  writeFileSync(join(folder, 'number-drawn-early.svg'), drawStory(STORY_TITLE, sentences, broken))
  const story = { happens: sentences.slice(0, -broken), broken: fallen.broken }
  writeFileSync(join(folder, 'number-drawn-early.json'), `${JSON.stringify(story, null, 2)}\n`)
}

/** What does not hold in the module as it is either, in the same history; undefined where all does, or it has no such history. */
async function doesNotStand(found: Explorer, asItIs: Explorer, { moves, bounds }: Found): Promise<string | undefined> {
  const actions = await found.recordActions(moves, bounds)
  if ('notTraceable' in actions) return undefined
  const ends = await asItIs.followActions(actions)
  return 'notTraceable' in ends || ends.broken.length === 0 ? undefined : ends.broken.join(' ')
}

function describe(name: string, { moments, transitions, depth, seconds, megabytes, complete }: Figures): string {
  const ended = complete ? 'all of them' : 'not all of them'
  return `${name}: ${count(transitions, 'transition')} (${ended}), ${count(moments, 'moment')}, ${count(depth, 'action')} deep, ${spell(Math.round(seconds))} s, ${spell(megabytes)} MB`
}
