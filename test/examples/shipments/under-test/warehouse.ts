import { inSimulation, withStrikes } from '../../../../shared/simulator/workers/simulation.ts'
import { forgetObject, underTest, withFaults } from '../../../../shared/simulator/workers/under-test.ts'
import type { PublisherEnv } from '../../../../shared/handover/publisher/worker.ts'
import { SHIPMENT_FEED } from '../shipment.ts'
import app, { ShipmentSequencer as Sequencer, ShipmentService as Service } from '../warehouse/index.ts'

/** The warehouse's own sequencer, which can also crash and forget. */
export class ShipmentSequencer extends Sequencer {
  constructor(state: DurableObjectState, env: PublisherEnv) {
    super(state, withFaults(withStrikes(env)))
  }

  /** Ends this instance with all that it has under way; the call fails with it. */
  crash(): void {
    this.ctx.abort('crashed')
  }

  /** Forgets everything and ends this instance; the call fails with it. */
  forget(): Promise<void> {
    return forgetObject(this.ctx)
  }
}

/** The warehouse's own service, on the database that fails as it is told. */
export class ShipmentService extends Service {
  constructor(context: ExecutionContext, env: PublisherEnv) {
    super(context, withFaults(withStrikes(env)))
  }
}

function openSequencer(env: PublisherEnv): DurableObjectStub<ShipmentSequencer> {
  return env.SEQUENCER.getByName(SHIPMENT_FEED.feed) as unknown as DurableObjectStub<ShipmentSequencer>
}

const ignore = (): undefined => undefined

export default inSimulation<PublisherEnv>(
  underTest<PublisherEnv>(app, { forget: (env) => openSequencer(env).forget().catch(ignore) }),
  async (env) => {
    await openSequencer(env).crash().catch(ignore)
  },
)
