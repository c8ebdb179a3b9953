import { expectTypeOf, it } from 'vitest'
import type * as z from 'zod'
import type { Comparison } from '../../workers/billing/reconcile/ranges.ts'
import type { Invoice } from '../../workers/billing/documents/invoice.ts'
import type {
  comparison,
  invoice,
  resetOutcome,
  runResult,
  syncReport,
  trace,
} from '../../workers/billing/openapi/schemas.ts'
import type { RunResult } from '../../workers/billing/pull/run.ts'
import type { ResetOutcome } from '../../workers/billing/sync/reset.ts'
import type { SyncReport } from '../../workers/billing/sync/report.ts'
import type { Trace } from '../../workers/billing/trace/trace.ts'

it('describes in the document of billing what the work answers', () => {
  expectTypeOf<Invoice>().toEqualTypeOf<z.output<typeof invoice>>()
  expectTypeOf<RunResult>().toExtend<z.output<typeof runResult>>()
  expectTypeOf<SyncReport>().toExtend<z.output<typeof syncReport>>()
  expectTypeOf<ResetOutcome>().toExtend<z.output<typeof resetOutcome>>()
  expectTypeOf<Comparison>().toExtend<z.output<typeof comparison>>()
  expectTypeOf<Trace>().toExtend<z.output<typeof trace>>()
})
