/** What was asked and what was seen, in a line each. */
export type Exchange = { asked: string; seen: string }
/** An answer: `body` is what its text says as JSON, and undefined where it says none. */
export type Reply = { status: number; headers: Headers; text: string; body: unknown }

const SHOWN = 220

/** Speaks HTTP with one address, and notes what is said. */
export class Talk {
  exchanges: Exchange[] = []
  readonly #base: string

  constructor(base: string) {
    this.#base = base.replace(/\/$/, '')
  }

  /** Begins the notes of the next case. */
  begin(): void {
    this.exchanges = []
  }

  note(asked: string, seen: string): void {
    this.exchanges.push({ asked, seen })
  }

  /** Asks, with a body as JSON if one is given; a text is sent as it stands. */
  async ask(method: string, path: string, body?: unknown): Promise<Reply> {
    const sent = typeof body === 'string' ? body : JSON.stringify(body)
    const init = sent === undefined ? {} : { body: sent, headers: { 'Content-Type': 'application/json' } }
    const asked = [method, path, ...(sent === undefined ? [] : [shorten(sent)])].join(' ')
    try {
      const response = await fetch(this.#base + path, { method, ...init })
      const text = await response.text()
      this.note(asked, `${response.status} ${shorten(text)}`)
      return { status: response.status, headers: response.headers, text, body: parse(text) }
    } catch (error) {
      this.note(asked, `no answer: ${String(error)}`)
      throw error
    }
  }
}

function shorten(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
