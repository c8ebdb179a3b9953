import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { type App, configOf, originOf } from './app.ts'
import { CommandFailure } from './command.ts'
import { DATABASES, STATE } from './paths.ts'
import { signalGroup, spawnWrangler } from './wrangler.ts'

const READY_WITHIN_MS = 90_000
const ASK_EVERY_MS = 150
const END_WITHIN_MS = 5_000
const LINES_SHOWN = 8

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
 */
export function startDevServer(app: App, otherOrigin: string, onLine: (line: string) => void): DevServer {
  const args = ['dev', '--config', configOf(app.name), '--port', String(app.port), '--inspector-port', '0']
  const state = ['--persist-to', DATABASES, '--var', `${app.otherOriginVar}:${otherOrigin}`]
  const quiet = '--show-interactive-dev-session=false'
  const child = spawnWrangler([...args, ...state, quiet], ['ignore', 'pipe', 'pipe'])
  const last: string[] = []
  const log = createWriteStream(logFileOf(app))
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue
    createInterface({ input: stream }).on('line', (line) => {
      log.write(`${line}\n`)
      last.push(line)
      if (last.length > LINES_SHOWN) last.shift()
      onLine(line)
    })
  }
  const ended = once(child, 'close').then(() => undefined)
  return { app, ended, ready: () => waitUntilReady(app, ended, last), end: () => endGroup(child, ended) }
}

async function waitUntilReady(app: App, ended: Promise<void>, last: readonly string[]): Promise<void> {
  const outcome = await Promise.race([pollUntil(app, Date.now() + READY_WITHIN_MS), ended])
  if (outcome === 'answers') return
  const what = outcome === 'late' ? `did not answer within ${READY_WITHIN_MS / 1000} seconds` : 'ended while it started'
  throw new CommandFailure(`${app.title} ${what}. The end of ${logFileOf(app)}:\n${last.join('\n')}`)
}

async function pollUntil(app: App, deadline: number): Promise<'answers' | 'late'> {
  while (!(await answers(app))) {
    if (Date.now() > deadline) return 'late'
    await wait(ASK_EVERY_MS)
  }
  return 'answers'
}

async function answers(app: App): Promise<boolean> {
  try {
    const response = await fetch(`${originOf(app)}/health`, { signal: AbortSignal.timeout(READY_WITHIN_MS / 10) })
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
