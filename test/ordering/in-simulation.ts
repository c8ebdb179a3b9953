import app, { OrderSequencer as Sequencer, OrderService as Service } from '../../workers/ordering/index.ts'
import { inSimulation, withStrikes } from '../support/workers/simulation.ts'
import { forgetObject, underTest, withFaults } from '../support/workers/under-test.ts'

/** Ordering's own sequencer, which can also crash and forget. */
export class OrderSequencer extends Sequencer {
  constructor(state: DurableObjectState, env: Env) {
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

/** Ordering's own service, on the database that fails as the simulator says. */
export class OrderService extends Service {
  constructor(context: ExecutionContext, env: Env) {
    super(context, withFaults(withStrikes(env)))
  }
}

function sequencerOf(env: Env): DurableObjectStub<OrderSequencer> {
  return env.SEQUENCER.getByName('orders') as unknown as DurableObjectStub<OrderSequencer>
}

// oxlint-disable-next-line import/no-default-export -- what a Worker's main module answers requests with
export default inSimulation<Env>(
  underTest<Env>(app, {
    forget: (env) =>
      sequencerOf(env)
        .forget()
        .catch(() => undefined),
  }),
  async (env) => {
    await sequencerOf(env)
      .crash()
      .catch(() => undefined)
  },
)
