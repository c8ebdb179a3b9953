import app, { InvoiceLedger as Ledger } from '../../../../workers/billing/index.ts'
import { inSimulation, withStrikes } from '../simulation.ts'
import { dumpObject, forgetObject, underTest, withFaults } from '../under-test.ts'

/** Billing's own ledger, which can also crash and forget. */
export class InvoiceLedger extends Ledger {
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

function openLedger(env: Env): DurableObjectStub<InvoiceLedger> {
  return env.LEDGER.getByName('invoices') as unknown as DurableObjectStub<InvoiceLedger>
}

export default inSimulation<Env>(
  underTest<Env>(app, {
    forget: (env) =>
      openLedger(env)
        .forget()
        .catch(() => undefined),
    dump: (env) => openLedger(env).dump(),
  }),
  async (env) => {
    await openLedger(env)
      .crash()
      .catch(() => undefined)
  },
)
