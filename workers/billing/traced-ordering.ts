import { TRACE_PARENT, writeTraceParent } from '../../shared/trace-parent.ts'

/** The same environment, whose calls to ordering name the run or request that they belong to; `id` is its UUID. */
export function traceOrdering(env: Env, id: string): Env {
  return { ...env, ORDERING: new TracedOrdering(env.ORDERING, id) as unknown as Env['ORDERING'] }
}

class TracedOrdering {
  readonly #ordering: Fetcher
  readonly #id: string

  constructor(ordering: Fetcher, id: string) {
    this.#ordering = ordering
    this.#id = id
  }

  fetch(input: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    // A run that a person asks for is traced by its own id, and not by the request's round it.
    if (!headers.has(TRACE_PARENT)) headers.set(TRACE_PARENT, writeTraceParent(this.#id))
    return this.#ordering.fetch(input, { ...init, headers })
  }
}
