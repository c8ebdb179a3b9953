import app, { OrderSequencer as Sequencer, OrderService as Service } from '../../../../workers/ordering/index.ts'
import { inSimulation, withStrikes } from '../simulation.ts'
import { dumpObject, forgetObject, underTest, withFaults } from '../under-test.ts'

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

  /** All that it has stored. */
  dump(): string {
    return dumpObject(this.ctx)
  }
}

/** Ordering's own service, on the database that fails as it is told. */
export class OrderService extends Service {
  constructor(context: ExecutionContext, env: Env) {
    super(context, withFaults(withStrikes(env)))
  }
}

function openSequencer(env: Env): DurableObjectStub<OrderSequencer> {
  return env.SEQUENCER.getByName('orders') as unknown as DurableObjectStub<OrderSequencer>
}

export default inSimulation<Env>(
  underTest<Env>(app, {
    forget: (env) =>
      openSequencer(env)
        .forget()
        .catch(() => undefined),
    dump: (env) => openSequencer(env).dump(),
  }),
  async (env) => {
    await openSequencer(env)
      .crash()
      .catch(() => undefined)
  },
)
