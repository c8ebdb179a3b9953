import app, { InvoiceLedger as Ledger } from '../../workers/billing/index.ts'
import { inSimulation, withStrikes } from '../support/workers/simulation.ts'
import { forgetObject, underTest, withFaults } from '../support/workers/under-test.ts'

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
}

function ledgerOf(env: Env): DurableObjectStub<InvoiceLedger> {
  return env.LEDGER.getByName('invoices') as unknown as DurableObjectStub<InvoiceLedger>
}

// oxlint-disable-next-line import/no-default-export -- what a Worker's main module answers requests with
export default inSimulation<Env>(
  underTest<Env>(app, {
    forget: (env) =>
      ledgerOf(env)
        .forget()
        .catch(() => undefined),
  }),
  async (env) => {
    await ledgerOf(env)
      .crash()
      .catch(() => undefined)
  },
)
