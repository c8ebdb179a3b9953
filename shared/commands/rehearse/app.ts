import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { cp, mkdir, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { isAnswering } from '../support/answering.ts'
import { type App, appsAt, configOf, devArguments } from '../support/app.ts'
import { CommandFailure } from '../support/command.ts'
import { askApp } from '../support/deployed-app.ts'
import { ROOT } from '../support/paths.ts'
import { signalGroup, spawnWrangler } from '../support/wrangler.ts'

const READY_WITHIN_MS = 90_000
const END_WITHIN_MS = 5_000
const ASK_EVERY_MS = 150
const FIRST_PORT = 8801
const PORTS_TRIED = 100

/**
 * An app that a rehearsal starts, ends and restores. It keeps to a directory and a port of its own, so that a start of
 * this machine's own apps is not touched.
 */
export class RehearsedApp {
  readonly name: App['name']
  readonly #directory: string
  readonly #port: number
  readonly #otherOrigin: () => string
  #child: ChildProcess | undefined

  private constructor(name: App['name'], directory: string, port: number, otherOrigin: () => string) {
    this.name = name
    this.#directory = directory
    this.#port = port
    this.#otherOrigin = otherOrigin
  }

  /** Both apps, on free ports. Nothing runs yet. */
  static async prepare(directory: string): Promise<[ordering: RehearsedApp, billing: RehearsedApp]> {
    const one = await findFreePort(FIRST_PORT)
    const other = await findFreePort(one + 1)
    const ordering: RehearsedApp = new RehearsedApp('ordering', directory, one, () => billing.origin)
    const billing: RehearsedApp = new RehearsedApp('billing', directory, other, () => ordering.origin)
    return [ordering, billing]
  }

  get origin(): string {
    return `http://localhost:${this.#port}`
  }

  /** Where its database and Durable Objects are. */
  get state(): string {
    return join(this.#directory, 'state', this.name)
  }

  /** Migrates its database and starts it, with the code that stands in `root`. */
  async start(root = ROOT): Promise<void> {
    await mkdir(this.#directory, { recursive: true })
    const where = ['--config', configOf(this.name), '--persist-to', this.state]
    const migrating = this.#spawn(root, ['d1', 'migrations', 'apply', 'DB', '--local', ...where])
    const [code] = (await once(migrating, 'close')) as [number | null]
    if (code !== 0) throw new CommandFailure(`${this.name} was not migrated: ${this.#log} tells more.`)
    this.#spawnApp(root)
    await this.#waitUntil(() => isAnswering(this.origin))
  }

  /** Starts it on its database as that is, whatever it answers then. */
  async startUnmigrated(): Promise<void> {
    this.#spawnApp(ROOT)
    await this.#waitUntil(() => this.#saysHowItIs())
  }

  #spawnApp(root: string): void {
    const [ordering, billing] = appsAt({ ordering: this.#port, billing: this.#port })
    const app = this.name === 'ordering' ? ordering : billing
    const where = ['--config', configOf(this.name), '--persist-to', this.state]
    this.#child = this.#spawn(root, ['dev', ...where, ...devArguments(app, this.#otherOrigin())])
  }

  /** Ends it, with all that it started. */
  async end(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (child === undefined || child.exitCode !== null) return
    const ended = once(child, 'close')
    signalGroup(child, 'SIGTERM')
    await Promise.race([ended, wait(END_WITHIN_MS, undefined, { ref: false })])
    signalGroup(child, 'SIGKILL')
    await ended
  }

  /** Takes a backup of the database alone, as D1 Time Travel does; the app must not run. */
  async backUp(): Promise<void> {
    await cp(this.#database, this.#backup, { recursive: true })
  }

  /** Puts the backup in the database's place. What the Durable Objects know stays, as it does at Cloudflare. */
  async restore(): Promise<void> {
    await rm(this.#database, { recursive: true })
    await cp(this.#backup, this.#database, { recursive: true })
  }

  get #database(): string {
    return join(this.state, 'v3/d1')
  }

  get #backup(): string {
    return join(this.#directory, 'backup', this.name)
  }

  get #log(): string {
    return join(this.#directory, `${this.name}.log`)
  }

  #spawn(root: string, args: string[]): ChildProcess {
    const child = spawnWrangler(args, 'pipe', { root, registry: join(this.#directory, 'registry') })
    const log = createWriteStream(this.#log, { flags: 'a' })
    child.stdout?.pipe(log, { end: false })
    child.stderr?.pipe(log, { end: false })
    return child
  }

  async #saysHowItIs(): Promise<boolean> {
    try {
      return (await askApp(this.origin, 'GET', '/health')).body !== undefined
    } catch (error) {
      if (error instanceof CommandFailure) return false
      throw error
    }
  }

  async #waitUntil(isReady: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + READY_WITHIN_MS
    while (!(await isReady())) {
      if (Date.now() > deadline || this.#child?.exitCode !== null) {
        throw new CommandFailure(`${this.name} does not start: ${this.#log} tells more.`)
      }
      await wait(ASK_EVERY_MS)
    }
  }
}

/** The first port from `first` on at which nothing listens. Not one that the system hands out: that may be taken again. */
async function findFreePort(first: number): Promise<number> {
  for (let port = first; port < first + PORTS_TRIED; port += 1) {
    if ((await isFree(port, '127.0.0.1')) && (await isFree(port, '0.0.0.0'))) return port
  }
  throw new CommandFailure(`The ports from ${first} on are all in use.`)
}

async function isFree(port: number, host: string): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port, host)
    await once(server, 'listening')
    server.close()
    await once(server, 'close')
    return true
  } catch {
    return false
  }
}
