import app, { OrderSequencer as Sequencer, OrderService as Service } from '../../workers/ordering/index.ts'
import { dumpObject, forgetObject, underTest, withFaults } from '../support/workers/under-test.ts'

/** Ordering's own sequencer, which can also forget what it has stored. */
export class OrderSequencer extends Sequencer {
  constructor(state: DurableObjectState, env: Env) {
    super(state, withFaults(env))
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

function openSequencer(env: Env): DurableObjectStub<OrderSequencer> {
  return env.SEQUENCER.getByName('orders') as unknown as DurableObjectStub<OrderSequencer>
}

/** Ordering's own service, on the database that fails as a test says. */
export class OrderService extends Service {
  constructor(context: ExecutionContext, env: Env) {
    super(context, withFaults(env))
  }
}

export default underTest<Env>(app, {
  forget: (env) =>
    openSequencer(env)
      .forget()
      .catch(() => undefined),
  dump: (env) => openSequencer(env).dump(),
})
