import app, { InvoiceLedger as Ledger } from '../../workers/billing/index.ts'
import { forgetObject, underTest, withFaults } from '../support/workers/under-test.ts'

/** Billing's own ledger, which can also forget what it has stored. */
export class InvoiceLedger extends Ledger {
  constructor(state: DurableObjectState, env: Env) {
    super(state, withFaults(env))
  }

  /** Forgets everything and ends this instance; the call fails with it. */
  forget(): Promise<void> {
    return forgetObject(this.ctx)
  }
}

export default underTest<Env>(app, async (env) => {
  const ledger = env.LEDGER.getByName('invoices') as unknown as DurableObjectStub<InvoiceLedger>
  await ledger.forget().catch(() => undefined)
})
