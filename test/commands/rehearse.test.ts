import { expect, it } from 'vitest'
import { ACTS } from '../../shared/commands/rehearsal-acts.ts'
import { Rehearsal } from '../../shared/commands/rehearsal.ts'

it('a restore of ordering is rehearsed on real files, and nothing is lost', { timeout: 180_000 }, async () => {
  const act = ACTS['restore-ordering']?.act
  const rehearsed = Rehearsal.run('restore-ordering', async (rehearsal) => act?.(rehearsal, { from: undefined }))
  await expect(rehearsed).resolves.toBeUndefined()
})
