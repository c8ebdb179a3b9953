import * as z from 'zod'
import { orderNumber } from '../../../shared/contract/order.ts'
import { describe, nameSchema } from '../../../shared/openapi/describe.ts'
import type { Operation } from '../../../shared/openapi/operation.ts'
import * as mini from '../../../shared/zod.ts'
import { resetInput, restoreRequest, retryInput } from '../sync/input.ts'
import * as examples from './examples.ts'

const instant = z.iso.datetime()

nameSchema(resetInput, 'ResetInput', 'Where the pull continues.', {
  token: 'A token that an earlier run ended with in this history; null for the feed’s start.',
  preview: 'true: only say what it would bring.',
})
nameSchema(restoreRequest, 'RestoreInput', 'Asks to give orders back to ordering.', {
  preview: 'true: only say what ordering would restore.',
})
nameSchema(retryInput, 'RetryInput', 'What is tried again: by its subject, or by its order’s number; one of them.', {
  subject: 'As the state of the synchronisation names it.',
  number: 'The order’s number.',
})

const counts = {
  created: z.int().describe('Orders that billing had not.'),
  changed: z.int().describe('Orders whose copy was replaced.'),
  removed: z.int().describe('Orders that were deleted in ordering.'),
  unchanged: z.int().describe('Orders whose copy says the same already.'),
  quarantined: z.int().describe('Records that could not be read. They do not stop the ones behind them.'),
}
const run = {
  runId: z.string().describe('Names the run in the log of both apps.'),
  ...counts,
  pages: z.int().describe('Batches of the feed that were stored.'),
  token: z.string().nullable().describe('The continuation token after the run.'),
}

/** What a run of the pull did. */
export const runResult = z
  .object({
    ...run,
    outcome: z
      .enum(['ok', 'failed', 'skipped'])
      .describe('skipped: another run was in progress. failed: the token remains at the last complete batch.'),
    error: z.string().exactOptional().describe('Why it failed.'),
  })
  .meta({ id: 'RunResult', description: 'What a run of the pull did.' })

const pullRun = z
  .object({
    ...run,
    runBy: z.string().describe('Who asked for it, or cron.'),
    startedAt: instant.describe('When it began.'),
    finishedAt: instant.nullable().describe('When it ended; null while it is running.'),
    outcome: z.enum(['running', 'ok', 'failed']).describe('running, or how it ended.'),
    error: z.string().nullable().describe('Why it failed.'),
  })
  .meta({ id: 'PullRun', description: 'A run of the pull, as it is kept.' })

const quarantined = z
  .object({
    subject: z.string().describe('What it is known by.'),
    number: z.int().nullable().describe('Its order’s number; null where it cannot be read.'),
    error: z.string().describe('What is wrong with it.'),
    attempts: z.int().describe('How often it was tried.'),
    firstSeenAt: instant.describe('When it was first met.'),
    nextTryAt: instant.describe('When it is tried again.'),
  })
  .meta({ id: 'Quarantined', description: 'A record that cannot be read.' })

/** Where billing stands against ordering. */
export const syncReport = z
  .object({
    token: z
      .string()
      .nullable()
      .describe('The continuation token: up to where the feed was read; null before the first page.'),
    lastRun: pullRun.nullable().describe('The run in progress, or else the one that ended last.'),
    lastSuccessAt: instant.nullable().describe('When a run last succeeded.'),
    lagSeconds: z.int().nullable().describe('Its age in seconds; null also where a clock that was ahead has dated it.'),
    agreedUpTo: z.int().nullable().describe('Up to this number in the feed both sides were compared, and agree.'),
    agreedAt: instant.nullable().describe('When they were.'),
    repair: z
      .enum(['owed', 'reading'])
      .nullable()
      .describe('Ordering was restored: owed until the next pull begins the repair, reading while it is in progress.'),
    orphaned: z.array(z.int()).describe('Orders that ordering has no longer; 200 at most are named.'),
    quarantined: z.array(quarantined).describe('Records that cannot be read; 200 at most are named.'),
    runs: z.array(pullRun).describe('The latest runs, the newest first.'),
    waiting: z
      .int()
      .nullable()
      .describe('Orders that wait for their number in the feed, at most 201; null while ordering does not answer.'),
    oldestWaitingAt: instant.nullable().describe('Since when the oldest of them waits.'),
    behind: z
      .int()
      .nullable()
      .describe(
        'Changes that billing has still to read: those that wait and at most 201 others; null while that cannot be ' +
          'told.',
      ),
    health: z.array(z.string()).describe('What somebody should look at; empty while billing is well.'),
  })
  .meta({ id: 'SyncReport', description: 'Where billing stands against ordering.' })

const tokens = { tokenBefore: z.string().nullable(), token: z.string().nullable() }
/** What a reset will do, or has done. */
export const resetOutcome = z
  .union([
    z.object({ ...tokens, preview: z.literal(true), complete: z.boolean(), ...counts }),
    z.object({ ...tokens, preview: z.literal(false) }),
  ])
  .meta({ id: 'ResetOutcome', description: 'What a reset will do, or has done.' })

/** What a comparison found and did. */
export const comparison = z
  .object({
    compared: z.int().describe('How many orders were compared.'),
    differing: z.array(z.int()).describe('Those that differed when both sides had been read twice.'),
    corrected: z.int().describe('How many of them were corrected to what ordering says.'),
    agreedUpTo: z.int().nullable().describe('Up to this number in the feed both sides agree.'),
    agreedAt: instant.nullable().describe('When that was found.'),
  })
  .meta({ id: 'Comparison', description: 'What a comparison of both sides’ orders found and did.' })

const refusedOrphan = mini.object({
  number: orderNumber,
  reason: mini.enum(['number_taken', 'external_id_taken', 'unreadable', 'refused']),
})
const restoreAnswer = z
  .object({
    preview: z.boolean().describe('Whether it was only asked.'),
    restored: describe(mini.array(orderNumber), 'The orders that ordering has again.'),
    refused: describe(mini.array(refusedOrphan), 'Orders that cannot be restored, and why.'),
  })
  .meta({ id: 'RestoreOutcome', description: 'The result for each orphan that ordering was asked to restore.' })

const retryOutcome = z
  .object({
    subject: z.string().describe('What was tried.'),
    attempt: z
      .enum(['released', 'unfit', 'gone'])
      .describe('released: it is stored. unfit: it still cannot be read. gone: ordering no longer has it.'),
  })
  .meta({ id: 'RetryOutcome', description: 'The result of trying a quarantined record again.' })

/** How billing keeps up with ordering, and what an operator does about it. */
export const SYNC_OPERATIONS = {
  runPull: {
    route: 'POST /api/sync/run',
    tag: 'Synchronisation',
    summary: 'Pull now',
    description: 'Reads the feed on from the token. A run that finds another one going is skipped.',
    answers: { 200: { description: 'The run.', schema: runResult, example: examples.RUN } },
    problems: [],
  },
  compareOrders: {
    route: 'POST /api/sync/compare',
    tag: 'Synchronisation',
    summary: 'Compare both sides',
    description: 'Compares the orders of both apps by content, and corrects those that differ to what ordering says.',
    answers: { 200: { description: 'What was found.', schema: comparison, example: examples.COMPARED } },
    problems: ['conflict', 'unsettled'],
  },
  readSync: {
    route: 'GET /api/sync',
    tag: 'Synchronisation',
    summary: 'Read where billing stands',
    answers: { 200: { description: 'Where it stands.', schema: syncReport, example: examples.SYNC } },
    problems: [],
  },
  resetToken: {
    route: 'POST /api/sync/reset',
    tag: 'Synchronisation',
    summary: 'Set the token back',
    description: 'Safe at any time: no older revision overwrites a newer one. Send a preview first.',
    body: { mediaType: 'application/json', schema: resetInput, required: true, example: examples.RESET },
    answers: {
      200: {
        description: 'What it will bring, or that it is done.',
        schema: resetOutcome,
        example: examples.RESET_PREVIEWED,
      },
    },
    problems: ['conflict'],
  },
  returnOrphans: {
    route: 'POST /api/sync/orphans/restore',
    tag: 'Synchronisation',
    summary: 'Give orphaned orders back to ordering',
    description: 'For orders that a restore of ordering has lost and that billing still holds. Send a preview first.',
    body: { mediaType: 'application/json', schema: restoreRequest, required: true, example: examples.RESTORE },
    answers: {
      200: { description: 'The result for each.', schema: restoreAnswer, example: examples.RESTORE_PREVIEWED },
    },
    problems: [],
  },
  retryQuarantined: {
    route: 'POST /api/sync/quarantine/retry',
    tag: 'Synchronisation',
    summary: 'Try a quarantined record again now',
    description: 'It is also retried automatically, with growing pauses.',
    body: { mediaType: 'application/json', schema: retryInput, required: true, example: examples.RETRY },
    answers: { 200: { description: 'The result.', schema: retryOutcome, example: examples.RETRIED } },
    problems: ['not-found'],
  },
} as const satisfies Record<string, Operation>
