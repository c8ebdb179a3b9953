import app, { InvoiceLedger as Ledger } from '../../workers/billing/index.ts'
import { dumpObject, forgetObject, underTest, withFaults } from '../support/workers/under-test.ts'

/** Billing's own ledger, which can also forget what it has stored. */
export class InvoiceLedger extends Ledger {
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

function openLedger(env: Env): DurableObjectStub<InvoiceLedger> {
  return env.LEDGER.getByName('invoices') as unknown as DurableObjectStub<InvoiceLedger>
}

export default underTest<Env>(app, {
  forget: (env) =>
    openLedger(env)
      .forget()
      .catch(() => undefined),
  dump: (env) => openLedger(env).dump(),
})
