import { expect, it } from 'vitest'
import { ACTS } from '../../shared/commands/rehearse/acts.ts'
import { Rehearsal } from '../../shared/commands/rehearse/rehearsal.ts'

it.each(['restore-ordering', 'restore-older'])(
  'a restore is rehearsed on real files, and nothing is lost (%s)',
  { timeout: 180_000 },
  async (name) => {
    const act = ACTS[name]?.act
    const rehearsed = Rehearsal.run(name, async (rehearsal) => act?.(rehearsal, { from: undefined }))
    await expect(rehearsed).resolves.toBeUndefined()
  },
)
