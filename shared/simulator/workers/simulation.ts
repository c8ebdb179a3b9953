import { SIMULATION_ORIGIN, type SimulationControl } from '../strike.ts'
import { CONTROL_ORIGIN } from '../control.ts'
import { takeStruckTexts } from '../fault.ts'
import { jumpClock } from './jumping-clock.ts'
import { noStrikes, setStrikes } from './strikes.ts'
import { struckDatabase } from './struck-database.ts'

const state = noStrikes()

/** The environment with its database struck as the simulator says. */
export function withStrikes<Bindings extends { DB: D1Database }>(env: Bindings): Bindings {
  return { ...env, DB: struckDatabase(env.DB, state) }
}

/** A Worker under test with the simulator's control beside a test's own. */
export function inSimulation<Bindings extends { DB: D1Database }>(
  app: ExportedHandler<Bindings>,
  crash: (env: Bindings) => Promise<void>,
): ExportedHandler<Bindings> {
  return {
    async fetch(request, env, context) {
      const url = new URL(request.url)
      if (url.origin === SIMULATION_ORIGIN) return obey(url.pathname, request, () => crash(env))
      if (app.fetch === undefined) throw new Error('The app answers no requests')
      // What a test does behind the app's back is not struck.
      return app.fetch(request, url.origin === CONTROL_ORIGIN ? env : withStrikes(env), context)
    },
    async scheduled(controller, env, context) {
      await app.scheduled?.(controller, withStrikes(env), context)
    },
  }
}

async function obey(path: string, request: Request, crash: () => Promise<void>): Promise<Response> {
  switch (path as Exclude<keyof SimulationControl, '/page-size' | '/shown'>) {
    case '/strikes':
      setStrikes(state, await request.json())
      return Response.json(null)
    case '/struck':
      return Response.json(takeStruckTexts())
    case '/held':
      return Response.json(state.held)
    case '/clock': {
      const { offsetMs }: SimulationControl['/clock'] = await request.json()
      jumpClock(offsetMs)
      return Response.json(null)
    }
    case '/crash':
      await crash()
      return Response.json(null)
  }
}
