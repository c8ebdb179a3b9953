import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { join, relative } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'
import { type App, configOf, devArguments, originOf, stateOf } from './app.ts'
import { CommandFailure } from './command.ts'
import { STATE } from './paths.ts'
import { signalGroup, spawnWrangler } from './wrangler.ts'

const READY_WITHIN_MS = 90_000
const ASK_EVERY_MS = 150
const ANSWER_WITHIN_MS = 2_000
const END_WITHIN_MS = 5_000

/** An app that runs under `wrangler dev`. */
export type DevServer = {
  app: App
  /** Resolves when it answers; throws a CommandFailure if it ends before, or does not answer in time. */
  ready: () => Promise<void>
  /** Resolves when it has ended, whatever ended it. */
  ended: Promise<void>
  /** Ends it with all that it started. */
  end: () => Promise<void>
}

/** Where wrangler's and the app's own output goes. */
export function logFileOf(app: App): string {
  return join(STATE, `${app.name}.log`)
}

/**
 * Starts the app. What it and wrangler print goes to its log file; each line also to `onLine`.
 * @param otherOrigin the other app's address
 * @param config the wrangler configuration to run it with
 */
export function startDevServer(
  app: App,
  otherOrigin: string,
  onLine: (line: string) => void,
  config = configOf(app.name),
): DevServer {
  const where = ['--config', config, '--persist-to', stateOf(app.name)]
  const child = spawnWrangler(['dev', ...where, ...devArguments(app, otherOrigin)], 'pipe')
  const errors: string[] = []
  const log = createWriteStream(logFileOf(app))
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
  const ended = once(child, 'close').then(() => gone.abort())
  return { app, ended, ready: () => waitUntilReady(app, gone.signal, errors), end: () => endGroup(child, ended) }
}

/** What wrangler itself complains of in a line; the app's own errors are logged as JSON behind the same mark. */
function readWranglerError(line: string): string | undefined {
  const said = /\[ERROR\] (.+)/.exec(stripVTControlCharacters(line))?.[1]
  return said?.startsWith('{') ? undefined : said
}

async function waitUntilReady(app: App, gone: AbortSignal, errors: readonly string[]): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS
  while (!(await answers(app))) {
    if (gone.aborted) throw cannotStart(app, 'it ended at once', errors)
    // wrangler stays after a failed build, and waits for its correction.
    if (errors.length > 0) throw cannotStart(app, 'wrangler refuses it', errors)
    if (Date.now() > deadline) throw cannotStart(app, `it did not answer in ${READY_WITHIN_MS / 1_000} s`, errors)
    await wait(ASK_EVERY_MS)
  }
}

function cannotStart(app: App, why: string, errors: readonly string[]): CommandFailure {
  const log = relative(process.cwd(), logFileOf(app))
  return new CommandFailure(
    `${app.title} cannot be started: ${(errors.at(-1) ?? why).replace(/\.$/, '')}. More is in ${log}`,
  )
}

async function answers(app: App): Promise<boolean> {
  try {
    const response = await fetch(`${originOf(app)}/health`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false
  }
}

/** Asks the child's whole process group to end, and makes it end if it does not. */
async function endGroup(child: ChildProcess, ended: Promise<void>): Promise<void> {
  signalGroup(child, 'SIGTERM')
  await Promise.race([ended, wait(END_WITHIN_MS, undefined, { ref: false })])
  // Also after it ended well: wrangler may have gone before its workerd.
  signalGroup(child, 'SIGKILL')
  await ended
}
