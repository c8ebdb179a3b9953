import type { WorkerHandle } from 'wrangler'
import type { DatabaseFault } from './fault.ts'
import { CONTROL_ORIGIN, type Control, type RecordedStatement, type Statement, type Vars } from './control.ts'

/** What a handle answers with; the harness brings its own Response. */
export type Answer = Awaited<ReturnType<WorkerHandle['fetch']>>
export type Init = { method?: string; headers?: Record<string, string>; body?: string; redirect?: 'follow' | 'manual' }
export type Value = string | number | null

/** A Worker that runs, as its users see it, and what a test does behind their backs. */
export type RunningWorker = ReturnType<typeof runningWorker>

/** Throws if an answer is not what was promised for the request; the answer can still be read afterwards. */
export type Judge = (method: string, path: string, answer: Answer) => Promise<void>

/**
 * @param origin where the Worker believes itself to be: the address that its configuration file gives it
 * @param judge sees each answer first; left out: whatever is answered goes
 */
export function runningWorker(handle: WorkerHandle, origin: string, judge?: Judge) {
  async function tell<Path extends keyof Control>(path: Path, what: Control[Path]): Promise<Answer> {
    const response = await handle.fetch(CONTROL_ORIGIN + path, { method: 'POST', body: JSON.stringify(what) })
    // The message is what SQL refused with.
    if (!response.ok) throw new Error(await response.text())
    return response
  }

  async function sql<Row = Record<string, Value>>(query: string, ...values: Value[]): Promise<Row[]> {
    const [rows] = await batch<Row>([{ query, values }])
    return rows ?? []
  }

  async function batch<Row = Record<string, Value>>(statements: Statement[]): Promise<Row[][]> {
    const response = await tell('/sql', statements)
    return (await response.json()) as Row[][]
  }

  return {
    handle,
    origin,

    /**
     * Asks as a browser or a program would; redirects are not followed unless asked for. Throws what the judge throws.
     */
    async fetch(path: string, init: Init = {}): Promise<Answer> {
      const answer = await handle.fetch(new URL(path, origin).href, { redirect: 'manual', ...init })
      await judge?.(init.method ?? 'GET', path, answer)
      return answer
    },

    /** Sends JSON. */
    send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
      if (body === undefined) return this.fetch(path, { method, headers })
      const json = { 'Content-Type': 'application/json', ...headers }
      return this.fetch(path, { method, headers: json, body: JSON.stringify(body) })
    },

    /** Sends a form from the app's own page. */
    submit(path: string, fields: Record<string, string> | [string, string][] = {}): Promise<Answer> {
      const headers = { 'Content-Type': 'application/x-www-form-urlencoded', Origin: origin }
      return this.fetch(path, { method: 'POST', headers, body: new URLSearchParams(fields).toString() })
    },

    /** Runs one statement behind the app's back and returns its rows; throws what the database refuses with. */
    sql,

    /** Runs statements in one transaction behind the app's back. */
    batch,

    /** Lets the database fail the app, in this order, from now on; none ends it. */
    async failDatabase(...faults: DatabaseFault[]): Promise<void> {
      await tell('/database-faults', faults)
    },

    /** Does now what timed out before. */
    async landLate(): Promise<void> {
      await tell('/land-late', null)
    },

    /** The statements that the app sends to its database while `act` goes on, in their order; refused ones are left out. */
    async record(act: () => Promise<unknown>): Promise<RecordedStatement[]> {
      await tell('/record', null)
      await act()
      return (await (await tell('/recorded', null)).json()) as RecordedStatement[]
    },

    /** All that the Durable Objects store, as text. */
    async readObjects(): Promise<string> {
      return (await tell('/objects', null)).text()
    },

    /** Lets the Durable Objects forget all that they store. */
    async forgetObjects(): Promise<void> {
      await tell('/forget', null)
    },

    /** Empties the database and the Durable Objects, and puts vars in the place of the configuration file's. */
    async empty(migrations: string[], vars: Vars = {}): Promise<void> {
      await tell('/empty', { migrations, vars })
    },

    /** Puts vars in the place of the configuration file's. */
    async setVars(vars: Vars): Promise<void> {
      await tell('/vars', vars)
    },
  }
}
