import { startHarness } from '../../simulator/harness.ts'
import { CommandFailure, defineCommand } from '../support/command.ts'
import { bold } from '../support/output.ts'
import { MODEL_SCENARIOS } from './models.ts'
import { OUTAGE_SCENARIOS } from './outages.ts'
import { RECOVERY_SCENARIOS } from './recoveries.ts'
import { checkStage, createStage } from './stage.ts'

const ON_BOTH_APPS = { ...OUTAGE_SCENARIOS, ...RECOVERY_SCENARIOS }

/** Plays one scenario on fresh local state and tells what happens, step by step; without a name it lists them. */
export const command = defineCommand({
  usage: describeScenarios(),
  options: {},
  operands: 1,
  act: async (_values, [name]) => (name === undefined ? console.log(describeScenarios()) : play(name)),
})

async function play(name: string): Promise<void> {
  const model = Object.hasOwn(MODEL_SCENARIOS, name) ? MODEL_SCENARIOS[name] : undefined
  const scenario = Object.hasOwn(ON_BOTH_APPS, name) ? ON_BOTH_APPS[name] : undefined
  if (model !== undefined) {
    console.log(`${bold(name)}: ${model.title}\n`)
    model.play(say)
  } else if (scenario !== undefined) {
    console.log(`${bold(name)}: ${scenario.title}\n`)
    await playOnBothApps(scenario.play)
  } else {
    throw new CommandFailure(`There is no scenario ${name}.\n\n${describeScenarios()}`)
  }
}

async function playOnBothApps(play: (stage: ReturnType<typeof createStage>) => Promise<void>): Promise<void> {
  const harness = await startHarness()
  try {
    await harness.reset()
    const stage = createStage(harness, say)
    await play(stage)
    const broken = await checkStage(stage)
    if (broken.length > 0) process.exitCode = 1
    say(broken.length === 0 ? 'Checked: all guarantees hold.' : 'BROKEN:')
    for (const guarantee of broken) say(guarantee)
  } finally {
    await harness.close()
  }
}

function say(line: string): void {
  console.log(`  ${line}`)
}

function describeScenarios(): string {
  const all = Object.entries({ ...ON_BOTH_APPS, ...MODEL_SCENARIOS })
  const width = Math.max(...all.map(([name]) => name.length))
  const lines = all.map(([name, { title }]) => `  ${name.padEnd(width)}  ${title}`)
  return ['npm run scenario -- NAME', '', ...lines].join('\n')
}
