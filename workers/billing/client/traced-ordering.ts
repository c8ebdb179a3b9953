import { describeError, type Log } from '../../../shared/edge/log.ts'
import { TRACE_PARENT, writeTraceParent } from '../../../shared/edge/trace-parent.ts'

/**
 * The same environment, whose calls to ordering name the run or request that they belong to, and log what they fail
 * with; `id` is its UUID. A run that a person asks for is traced by its own id, and not by the request's round it.
 */
export function traceOrdering(env: Env, id: string, log: Log): Env {
  const ordering: unknown = env.ORDERING
  const binding = ordering instanceof TracedOrdering ? ordering.binding : env.ORDERING
  return { ...env, ORDERING: new TracedOrdering(binding, id, log) as unknown as Env['ORDERING'] }
}

class TracedOrdering {
  readonly binding: Fetcher
  readonly #id: string
  readonly #log: Log

  constructor(binding: Fetcher, id: string, log: Log) {
    this.binding = binding
    this.#id = id
    this.#log = log
  }

  async fetch(input: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    headers.set(TRACE_PARENT, writeTraceParent(this.#id))
    try {
      return await this.binding.fetch(input, { ...init, headers })
    } catch (error) {
      this.#log.warn('ordering.unreachable', { path: new URL(input).pathname, ...describeError(error) })
      throw error
    }
  }
}
