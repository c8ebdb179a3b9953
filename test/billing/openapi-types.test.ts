import { expectTypeOf, it } from 'vitest'
import type * as z from 'zod'
import type { Comparison } from '../../shared/handover/consumer/run.ts'
import type { CreditNote } from '../../workers/billing/documents/credit-note.ts'
import type { Invoice } from '../../workers/billing/documents/invoice.ts'
import type { creditNote } from '../../workers/billing/openapi/credit.ts'
import type { invoice } from '../../workers/billing/openapi/invoices.ts'
import type { trace } from '../../workers/billing/openapi/orders.ts'
import type { comparison, resetOutcome, runResult, syncReport } from '../../workers/billing/openapi/sync.ts'
import type { RunResult, SyncReport } from '../../workers/billing/sync/answers.ts'
import type { ResetOutcome } from '../../shared/handover/consumer/operator/reset.ts'
import type { Trace } from '../../workers/billing/trace/trace.ts'

it('describes in the document of billing what the work answers', () => {
  expectTypeOf<Invoice>().toEqualTypeOf<z.output<typeof invoice>>()
  expectTypeOf<CreditNote>().toExtend<z.output<typeof creditNote>>()
  expectTypeOf<RunResult>().toExtend<z.output<typeof runResult>>()
  expectTypeOf<SyncReport>().toExtend<z.output<typeof syncReport>>()
  expectTypeOf<ResetOutcome>().toExtend<z.output<typeof resetOutcome>>()
  expectTypeOf<Comparison>().toExtend<z.output<typeof comparison>>()
  expectTypeOf<Trace>().toExtend<z.output<typeof trace>>()
})
