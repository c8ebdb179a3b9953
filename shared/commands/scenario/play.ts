import { spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { MODEL_SCENARIOS } from './models.ts'
import { OUTAGE_SCENARIOS } from './outages.ts'
import { RECOVERY_SCENARIOS } from './recoveries.ts'
import { ROOT } from '../../project/project.ts'
import { signalGroup } from '../support/processes.ts'

const LAUNCH = join(ROOT, 'shared/commands/launch.mjs')
const MOST_MS = 180_000

/** What there is to play, by what breaks; a scenario's key is its name in `npm run scenario`. */
export const SCENARIO_GROUPS: readonly { title: string; scenarios: Readonly<Record<string, { title: string }>> }[] = [
  { title: 'An app or its database does not answer', scenarios: OUTAGE_SCENARIOS },
  { title: 'Something is restored, spoiled or started twice', scenarios: RECOVERY_SCENARIOS },
  { title: 'What Waybill does otherwise: designs that lose an order', scenarios: MODEL_SCENARIOS },
]

/** What a scenario shows, as a heading; undefined if there is none of that name. */
export function titleOfScenario(name: string): string | undefined {
  const group = SCENARIO_GROUPS.find(({ scenarios }) => Object.hasOwn(scenarios, name))
  const title = group?.scenarios[name]?.title
  return title && forPages(title.replace(/\.$/, ''))
}

/** A terminal's apostrophes as the pages have theirs. */
function forPages(text: string): string {
  return text.replaceAll("'", '’')
}

/** A scenario that is being played, or was. */
export type ScenarioRun = {
  name: string
  /** What it has told so far, and then each line as it is told, until it ends. */
  follow: () => AsyncIterable<string>
  isGoing: () => boolean
  /** Why it did not end well; undefined if it did, or while it goes on. */
  fault: () => string | undefined
  /** Ends it with all that it started. */
  end: () => Promise<void>
}

/** Plays a scenario as `npm run scenario` does, in a process of its own. */
export function playScenario(name: string): ScenarioRun {
  // In a group of its own, so that the apps which it runs can be ended with it.
  const child = spawn(process.execPath, [LAUNCH, 'scenario', name], {
    cwd: ROOT,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  const news = new EventEmitter().setMaxListeners(0)
  let going = true
  let fault: string | undefined
  createInterface({ input: child.stdout }).on('line', (line) => {
    // Its first line is the title, which whoever watches has read.
    if (!line.startsWith('  ')) return
    lines.push(forPages(line.trim()))
    news.emit('news')
  })
  const timer = setTimeout(() => {
    fault = `It did not end within ${MOST_MS / 60_000} minutes.`
    signalGroup(child, 'SIGKILL')
  }, MOST_MS)
  const ended = watchEnd()

  async function watchEnd(): Promise<void> {
    const [complaint] = await Promise.all([text(child.stderr), once(child, 'close')])
    clearTimeout(timer)
    if (child.exitCode !== 0) fault ??= complaint.trim() || 'A guarantee is broken.'
    going = false
    news.emit('news')
  }

  return {
    name,
    async *follow() {
      let told = 0
      for (;;) {
        for (; told < lines.length; told += 1) yield lines[told] ?? ''
        if (!going) return
        await once(news, 'news')
      }
    },
    isGoing: () => going,
    fault: () => fault,
    async end() {
      if (going) signalGroup(child, 'SIGKILL')
      await ended
    },
  }
}
