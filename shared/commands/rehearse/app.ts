import { cp, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type App, appsAt, originOf } from '../support/app.ts'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { CommandFailure } from '../support/command.ts'
import { askApp } from '../support/app-client.ts'
import { applyMigrations } from '../support/migrations.ts'
import { ROOT } from '../../project/project.ts'
import { findFreePortFrom } from '../support/ports.ts'

const FIRST_PORT = 8801

/**
 * An app that a rehearsal starts, ends and restores. It keeps to a directory and a port of its own, so that a start of
 * this machine's own apps is not touched.
 */
export class RehearsedApp {
  readonly #app: App
  readonly #directory: string
  readonly #otherOrigin: string
  #running: AppProcess | undefined

  private constructor(app: App, directory: string, other: App) {
    this.#app = app
    this.#directory = directory
    this.#otherOrigin = originOf(other)
  }

  /** Both apps, on free ports. Nothing runs yet. */
  static async prepare(directory: string): Promise<[ordering: RehearsedApp, billing: RehearsedApp]> {
    const port = await findFreePortFrom(FIRST_PORT)
    const [ordering, billing] = appsAt({ ordering: port, billing: await findFreePortFrom(port + 1) })
    return [new RehearsedApp(ordering, directory, billing), new RehearsedApp(billing, directory, ordering)]
  }

  get origin(): string {
    return originOf(this.#app)
  }

  /** Where its database and Durable Objects are. */
  get state(): string {
    return join(this.#directory, 'state', this.#app.name)
  }

  /** Migrates its database and starts it, with the code that stands in `root`. */
  async start(root = ROOT): Promise<void> {
    await mkdir(this.#directory, { recursive: true })
    await applyMigrations(this.#app, { state: this.state, root, registry: this.#registry })
    await this.#run(root).ready()
  }

  /** Starts the code that stands in `root` on the database as that is, whatever it answers then. */
  async startUnmigrated(root: string): Promise<void> {
    await this.#run(root).ready(() => this.#saysHowItIs())
  }

  /** Ends it, with all that it started. */
  async end(): Promise<void> {
    const running = this.#running
    this.#running = undefined
    await running?.end()
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

  #run(root: string): AppProcess {
    const log = { file: join(this.#directory, `${this.#app.name}.log`), append: true }
    const place = { state: this.state, log, root, registry: this.#registry }
    this.#running = startApp(this.#app, this.#otherOrigin, place)
    return this.#running
  }

  get #database(): string {
    return join(this.state, 'v3/d1')
  }

  get #backup(): string {
    return join(this.#directory, 'backup', this.#app.name)
  }

  get #registry(): string {
    return join(this.#directory, 'registry')
  }

  async #saysHowItIs(): Promise<boolean> {
    try {
      return (await askApp(this.origin, 'GET', '/health')).body !== undefined
    } catch (error) {
      if (error instanceof CommandFailure) return false
      throw error
    }
  }
}
