import type { FieldError } from '../../../shared/edge/problem.ts'
import type { ComparisonRefusal } from '../../../shared/handover/consumer/compare.ts'
import type { NoAnswer } from '../../../shared/handover/consumer/record.ts'
import type { ResetRefusal } from '../../../shared/handover/consumer/operator/reset.ts'

/** Why what an operator asked for was not done: programs get it as a problem, people on the page. */
export type SyncRefusal = {
  problem: 'invalid-body' | 'conflict' | 'unsettled' | 'unavailable'
  detail: string
  errors?: FieldError[]
}

/** Why the token was not reset, or what a reset would bring is unknown. */
export function describeResetRefusal(refusal: ResetRefusal): SyncRefusal {
  switch (refusal.reason) {
    case 'unknown_token': {
      const detail = 'Neither the start nor a token that one of billing’s runs in this epoch ended with'
      return { problem: 'invalid-body', detail, errors: [{ pointer: '/token', detail }] }
    }
    case 'moved':
      return { problem: 'conflict', detail: 'A run of the pull moved the token in the meantime, so it was not reset' }
    case 'no_answer':
      return { problem: 'unavailable', detail: `The feed cannot be read: ${refusal.detail}` }
  }
}

/** Why the orders were not compared, but for there being none to compare. */
export function describeComparisonRefusal(
  refusal: Exclude<ComparisonRefusal, { reason: 'nothing_read' }>,
): SyncRefusal {
  switch (refusal.reason) {
    case 'repairing':
      return { problem: 'conflict', detail: 'A repair is in progress because ordering was restored: compare after it' }
    case 'restored':
      return {
        problem: 'conflict',
        detail: 'Ordering was restored, and the next pull begins a repair: compare after it',
      }
    case 'put_back':
      return { problem: 'conflict', detail: 'Billing was restored in the meantime, or its token moved: compare again' }
    case 'unsettled':
      return { problem: 'unsettled', detail: 'More orders are being changed in ordering than can be left out' }
    case 'no_answer':
      return describeNoAnswer(refusal)
  }
}

/** What ordering was asked for, it did not answer. */
export function describeNoAnswer({ detail }: NoAnswer): SyncRefusal {
  return { problem: 'unavailable', detail: `Ordering does not answer: ${detail}` }
}

/** An attempt that ordering did not answer; the record is not to blame, and no attempt is counted. */
export const NOT_TRIED: SyncRefusal = {
  problem: 'unavailable',
  detail: 'Ordering does not answer, so the record was not tried; it is retried automatically',
}
