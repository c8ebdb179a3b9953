import { checkEquality, checkOrphans, checkQuarantine } from './copies.ts'
import { checkCreditNotes } from './credit-notes.ts'
import { checkDrift, checkFeed, checkRanges } from './feed.ts'
import { find } from './findings.ts'
import { checkApprovals, checkInvoices, checkNotApprovable } from './invoices.ts'
import { checkLists } from './lists.ts'
import type { World } from '../world.ts'

/** `corrected`: no record is out of contract any more, so that none may be in quarantine. */
export type GuaranteeCheck = { corrected: boolean }

/** Holds both sides against the guarantees (contract, section 8). What is broken is added to the memory's violations. */
export async function checkGuarantees(world: World, check: GuaranteeCheck): Promise<void> {
  const broken = world.memory.violations
  const found = await find(world)
  if (check.corrected && found.unfit.size + found.refused.size > 0) {
    broken.push('the simulator has not corrected everything')
  }
  checkEquality(found, broken)
  checkOrphans(found, broken)
  checkQuarantine(found, broken)
  await checkInvoices(world, broken)
  await checkApprovals(world, broken)
  await checkCreditNotes(world, broken)
  await checkLists(world, broken)
  await checkNotApprovable(world, found.sync, broken)
  await checkFeed(world, found, broken)
  await checkRanges(world, broken)
  await checkDrift(world, broken)
}
