import type { BlankEnv, BlankSchema, Env, Schema } from 'hono/types'
import { HonoBase } from 'hono/hono-base'
import { SmartRouter } from 'hono/router/smart-router'
import { TrieRouter } from 'hono/router/trie-router'

/**
 * Hono with its router of a trie alone: as exact about an address as the default ones, and half as large. The trie is made
 * at the first request, and of the whole app alone: a room's routes are only handed on.
 */
export class Hono<
  E extends Env = BlankEnv,
  S extends Schema = BlankSchema,
  BasePath extends string = '/',
> extends HonoBase<E, S, BasePath> {
  constructor() {
    super({ router: new SmartRouter({ routers: [new TrieRouter()] }) })
  }
}
