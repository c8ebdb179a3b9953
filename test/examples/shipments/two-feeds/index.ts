import { type FeedEnv, sequencerOf, type SequencerNamespace, serviceOf } from '#shared/handover/publisher/worker.ts'
import { shipmentFeed } from '../warehouse/schema.ts'
import { returnFeed } from './returns.ts'

type WarehouseEnv = FeedEnv & { SEQUENCER: SequencerNamespace; RETURN_SEQUENCER: SequencerNamespace }

export class ShipmentSequencer extends sequencerOf(shipmentFeed) {}
export class ShipmentService extends serviceOf(shipmentFeed, (env: WarehouseEnv) => env.SEQUENCER) {}
export class ReturnSequencer extends sequencerOf(returnFeed) {}
export class ReturnService extends serviceOf(returnFeed, (env: WarehouseEnv) => env.RETURN_SEQUENCER) {}

/** As one who has forgotten which binding is whose. */
class MistakenService extends serviceOf(returnFeed, (env: WarehouseEnv) => env.SEQUENCER) {}

export default {
  /** Lets a test ask each entrypoint: POST brings SQL, and the path's first part says whom GET asks. */
  async fetch(request, env, context) {
    if (request.method === 'POST') {
      await env.DB.batch((await request.json<string[]>()).map((statement) => env.DB.prepare(statement)))
      return new Response(null, { status: 204 })
    }
    const { pathname, origin } = new URL(request.url)
    const [, whom = '', ...rest] = pathname.split('/')
    const asked = new Request(`${origin}/${rest.join('/')}`)
    switch (whom) {
      case 'shipment-service':
        return new ShipmentService(context, env).fetch(asked)
      case 'return-service':
        return new ReturnService(context, env).fetch(asked)
      default:
        return new MistakenService(context, env).fetch(asked)
    }
  },
} satisfies ExportedHandler<WarehouseEnv>
