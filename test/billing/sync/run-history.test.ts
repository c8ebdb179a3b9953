import { expect, it } from 'vitest'
import { fillSlices, pictureBegin } from '../../../workers/billing/sync/run-history.ts'
import { startTogether } from '../../support/together.ts'

const NOW = '2026-11-24T12:34:56.000Z'

it('six hours are 36 slices of ten minutes, the one that goes on the last', () => {
  expect(pictureBegin(NOW)).toBe('2026-11-24T06:40:00.000Z')
  const slice = { at: '2026-11-24T12:30:00Z', runs: 5, failed: 1, records: 7, longestSeconds: 0.5 }
  const filled = fillSlices([slice], NOW)
  expect(filled).toHaveLength(36)
  expect(filled.at(-1)).toEqual(slice)
  expect(filled[0]).toEqual({ at: '2026-11-24T06:40:00.000Z', runs: 0, failed: 0, records: 0, longestSeconds: 0 })
})

it('GET /sync pictures the runs of the last hours, those that failed apart', async () => {
  const { billing } = await startTogether()
  expect(await (await billing.fetch('/sync')).text()).toContain('No run has ended in the last six hours')
  const runs = ['ok', 'ok', 'failed'].map(
    (outcome, index) => `('${index}', 'cron', ?, ?, '${outcome}', 4, 0, 0, 0, 0, 1)`,
  )
  const at = new Date().toISOString()
  await billing.sql(
    `INSERT INTO pull_runs (run_id, run_by, started_at, finished_at, outcome, created, changed, removed, unchanged,
      quarantined, batches) VALUES ${runs.join(', ')}`,
    ...runs.flatMap(() => [at, at]),
  )
  const page = await (await billing.fetch('/sync')).text()
  for (const text of ['Runs: 3, 1 failed', 'Orders read: 12', 'class="bar-failed"']) expect(page).toContain(text)
})
