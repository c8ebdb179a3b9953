import { createWriteStream } from 'node:fs'
import { relative } from 'node:path'
import { createInterface } from 'node:readline'
import { stripVTControlCharacters } from 'node:util'
import { configOf } from '../../project/project.ts'
import { type App, devArguments, originOf } from './app.ts'
import { CommandFailure } from './command.ts'
import { endGroup, signalGroup, whenEnded } from './processes.ts'
import { waitUntil } from './waiting.ts'
import { spawnWrangler } from './wrangler.ts'

const READY_WITHIN_MS = 90_000
const ASK_EVERY_MS = 150
const ANSWERS_WITHIN_MS = 5_000

/** An app that runs under `wrangler dev`. */
export type AppProcess = {
  app: App
  /**
   * Resolves when it answers, or is as `isReady` says; throws a CommandFailure if it ends before, or that does not come in
   * time.
   */
  ready: (isReady?: () => Promise<boolean>) => Promise<void>
  /** Resolves when it has ended, whatever ended it. */
  ended: Promise<void>
  /** Ends it with all that it started. */
  end: () => Promise<void>
  /** As `end`, at once: by SIGKILL. */
  kill: () => Promise<void>
}

/** Where an app runs, and where it keeps what it has. */
export type Place = {
  /** Where its database and Durable Objects are. */
  state: string
  /** Where wrangler's and the app's own output goes; `append` keeps what is there. */
  log: { file: string; append: boolean }
  /** The code that it runs; left out: this. */
  root?: string
  /** The wrangler configuration to run it with; left out: the app's own. */
  config?: string
  /** Where it meets the other app; left out: where the start of this state does. */
  registry?: string
}

/**
 * Starts the app. What it and wrangler print goes to its log file; each line also to `onLine`.
 * @param otherOrigin the other app's address
 */
export function startApp(
  app: App,
  otherOrigin: string,
  place: Place,
  onLine: (line: string) => void = () => undefined,
): AppProcess {
  const { state, log: kept, config = configOf(app.name) } = place
  const where = ['--config', config, '--persist-to', state]
  const child = spawnWrangler(['dev', ...where, ...devArguments(app, otherOrigin)], place)
  const errors: string[] = []
  const log = createWriteStream(kept.file, { flags: kept.append ? 'a' : 'w' })
  // A full disk takes the log, and not the apps: they go on, and what they answer says how they are.
  log.on('error', (error) => onLine(`The log of ${app.name} is no longer written: ${error.message}`))
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue
    createInterface({ input: stream }).on('line', (line) => {
      log.write(`${line}\n`)
      const error = readWranglerError(line)
      if (error !== undefined) errors.push(error)
      onLine(line)
    })
  }
  const gone = new AbortController()
  const ended = whenEnded(child).then(() => gone.abort())
  const cannotStart = (why: string): CommandFailure => {
    const said = (errors.at(-1) ?? why).replace(/\.$/, '')
    return new CommandFailure(
      `${app.title} cannot be started: ${said}. More is in ${relative(process.cwd(), kept.file)}`,
    )
  }

  return {
    app,
    ended,
    async ready(isReady = () => isAnswering(originOf(app))) {
      const isThere = async (): Promise<boolean> => {
        if (await isReady()) return true
        if (gone.signal.aborted) throw cannotStart('it ended at once')
        // wrangler stays after a failed build, and waits for its correction.
        if (errors.length > 0) throw cannotStart('wrangler refuses it')
        return false
      }
      const inTime = await waitUntil(isThere, { everyMs: ASK_EVERY_MS, withinMs: READY_WITHIN_MS })
      if (!inTime) throw cannotStart(`it did not answer in ${READY_WITHIN_MS / 1_000} s`)
    },
    end: () => endGroup(child, ended),
    async kill() {
      signalGroup(child, 'SIGKILL')
      await ended
    },
  }
}

/** What wrangler itself complains of in a line; the app's own errors are logged as JSON behind the same mark. */
function readWranglerError(line: string): string | undefined {
  const said = /\[ERROR\] (.+)/.exec(stripVTControlCharacters(line))?.[1]
  return said?.startsWith('{') ? undefined : said
}

/** Whether the app is well: whatever else comes, or comes too late, it is not. */
export async function isAnswering(origin: string): Promise<boolean> {
  try {
    const answer = await fetch(`${origin}/health`, { signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) })
    // The time runs out while the body is read, too.
    await answer.arrayBuffer()
    return answer.ok
  } catch {
    return false
  }
}
