import {
  erasureConflict,
  type OrderingErasure,
  orderingErasure,
  type OrderingErasureInput,
  type PersonalDataFound,
  personalDataFound,
} from '../../../shared/contract/personal-data.ts'
import { ask, type Calling, noAnswer } from '../../../shared/handover/consumer/client.ts'
import type { NoAnswer } from '../../../shared/handover/consumer/record.ts'
import { err, ok, type Result } from '../../../shared/result.ts'
import { ORDERING } from './ordering-client.ts'

const TIMEOUT_MS = 20_000

/** Orders of the customer were confirmed or changed after ordering was asked for them: nothing was erased. */
export type OrdersMoved = { reason: 'waiting'; orders: number[] }

/** Asks ordering what it has of the customer. */
export async function fetchPersonalData(
  context: Calling<Env>,
  customer: string,
): Promise<Result<PersonalDataFound, NoAnswer>> {
  const asked = await ask(ORDERING, context, '/personal-data/find', TIMEOUT_MS, { customer })
  if (!asked.ok) return asked
  const { status, body } = asked.value
  const found = personalDataFound.safeParse(body)
  return status === 200 && found.success ? ok(found.data) : err(noAnswer(`It answered ${status}`))
}

/** Has ordering erase what it has of the customer. Safe to repeat. */
export async function eraseInOrdering(
  context: Calling<Env>,
  input: OrderingErasureInput,
): Promise<Result<OrderingErasure, NoAnswer | OrdersMoved>> {
  const asked = await ask(ORDERING, context, '/personal-data/erase', TIMEOUT_MS, input)
  if (!asked.ok) return asked
  const { status, body } = asked.value
  const moved = erasureConflict.safeParse(body)
  if (status === 409 && moved.success) return err({ reason: 'waiting', orders: moved.data.orders })
  const erased = orderingErasure.safeParse(body)
  return status === 200 && erased.success ? ok(erased.data) : err(noAnswer(`It answered ${status}`))
}
