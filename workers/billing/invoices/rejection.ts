import * as z from '../../../shared/zod.ts'
import { explanation } from '../edge/explanation.ts'

/** Why an invoice is rejected: what the order's clerk is told. */
export const rejectionReason = explanation('Enter the reason for rejecting')

/** What a program sends to reject an invoice. */
export const rejectionInput = z.strictObject({ reason: rejectionReason })
