import { CONTROL_ORIGIN, type Control, type Vars } from '../control.ts'
import { emptyDatabase } from './emptying.ts'
import { type FaultyState, faultyDatabase } from './faulty-database.ts'
import { limitedDatabase } from './limited-database.ts'
import { recordedDatabase, type Recording } from './recorded-database.ts'

const state: FaultyState = { faults: [], late: [] }
let vars: Vars = {}
const recording: Recording = { statements: undefined }

/** The environment with the test's vars, and its database bounded as D1 is, and failing as the test says. */
export function withFaults<Bindings extends { DB: D1Database }>(env: Bindings): Bindings {
  return { ...env, ...vars, DB: recordedDatabase(faultyDatabase(limitedDatabase(env.DB), state), recording) }
}

/** What a test does with an app's Durable Objects: lets them forget what they store, or reads it, as text. */
type Objects<Bindings> = { forget: (env: Bindings) => Promise<void>; dump?: (env: Bindings) => Promise<string> }

/** The app with its control beside it. */
export function underTest<Bindings extends { DB: D1Database }>(
  app: ExportedHandler<Bindings>,
  objects: Objects<Bindings>,
): ExportedHandler<Bindings> {
  return {
    async fetch(request, env, context) {
      const url = new URL(request.url)
      if (url.origin === CONTROL_ORIGIN) return obey(url.pathname, request, env, objects)
      if (app.fetch === undefined) throw new Error('The app answers no requests')
      return app.fetch(request, withFaults(env), context)
    },
    async scheduled(controller, env, context) {
      await app.scheduled?.(controller, withFaults(env), context)
    },
  }
}

/** Forgets what the object has stored and ends the instance, so that the next call finds it as new. */
export async function forgetObject(context: DurableObjectState): Promise<void> {
  await context.storage.deleteAll()
  context.abort('forgotten')
}

/** All that the object has stored, as text. */
export function dumpObject({ storage }: DurableObjectState): string {
  const tables = storage.sql.exec<{ name: string }>(`
    SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'`)
  const rows = tables.toArray().map(({ name }) => [name, storage.sql.exec(`SELECT * FROM "${name}"`).toArray()])
  return JSON.stringify([...rows, ...storage.kv.list()])
}

async function obey<Bindings extends { DB: D1Database }>(
  path: string,
  request: Request,
  env: Bindings,
  objects: Objects<Bindings>,
): Promise<Response> {
  switch (path as keyof Control) {
    case '/sql': {
      const statements: Control['/sql'] = await request.json()
      const database = limitedDatabase(env.DB)
      const batch = statements.map(({ query, values }) => database.prepare(query).bind(...values))
      // A refusal is what a test may wait for: its message travels.
      return database.batch(batch).then(
        (results) => Response.json(results.map((result) => result.results)),
        (error: unknown) => new Response(String(error), { status: 400 }),
      )
    }
    case '/empty': {
      const { migrations, ...others }: Control['/empty'] = await request.json()
      state.faults = []
      state.late = []
      vars = others.vars
      await emptyDatabase(env.DB, migrations)
      await objects.forget(env)
      return new Response()
    }
    case '/vars':
      vars = await request.json()
      return new Response()
    case '/objects':
      return new Response(await objects.dump?.(env), { status: objects.dump === undefined ? 404 : 200 })
    case '/forget':
      await objects.forget(env)
      return new Response()
    case '/database-faults':
      state.faults = await request.json()
      return new Response()
    case '/record':
      recording.statements = []
      return new Response()
    case '/recorded': {
      const { statements } = recording
      recording.statements = undefined
      return Response.json(statements)
    }
    case '/land-late':
      // Who sent it has given up: a refusal reaches nobody.
      for (const land of state.late.splice(0)) await land().catch(() => undefined)
      return new Response()
  }
}
