import * as z from 'zod'
import { problemDetails } from '../../../shared/openapi/problems.ts'
import type { ProblemDetails } from '../../../shared/edge/problem.ts'

const failedLine = z
  .object({
    line: z.int().describe('Its place in the body, from 1.'),
    externalId: z.string().nullable().describe('The id of its record, if it could be read.'),
    problem: (problemDetails as z.ZodType<ProblemDetails>).describe('Why it was refused.'),
  })
  .meta({ id: 'FailedLine', description: 'A line of an import that was refused. The others are done all the same.' })

/** What an import has done. */
export const importOutcome = z
  .object({
    created: z.int().describe('Lines that made a record.'),
    changed: z.int().describe('Lines that changed one.'),
    unchanged: z.int().describe('Lines whose record is as they say, or that were imported before.'),
    failed: z.array(failedLine).describe('Lines that were refused.'),
  })
  .meta({ id: 'ImportOutcome', description: 'What an import has done. Sent again, it changes nothing more.' })

/** What is said of an import that may name customers. */
export const SAFE_TO_REPEAT =
  'At most 1,000 lines. Safe to repeat: what is there already is counted as unchanged. A line with a customer who was ' +
  'erased is refused as `/problems/customer-erased`.'
