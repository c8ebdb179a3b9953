import { aCase, type Case, must, mustEqual } from './case.ts'
import { mustRefuse } from './feed-cases.ts'
import { isRec } from './names.ts'
import type { Entry, Publisher } from './publisher.ts'

const RESTORED = '/problems/restored'
const RESTORE = ['create', 'keep', 'restore']
/** As many characters as it takes to write one of 2^60 values in base64. */
const FEWEST_CHARACTERS = 10

const highestOf = (entries: readonly Entry[]): number => Math.max(0, ...entries.map(({ place }) => place))

async function epochOf(publisher: Publisher): Promise<string | undefined> {
  return (await publisher.readBatch(null, 1)).epoch
}

/** A history that a restore has undone: what was read in it, and the token that it ended with. */
async function loseHistory(publisher: Publisher, what: () => Promise<unknown> = () => publisher.create(3)) {
  const before = await publisher.readToEnd()
  const epoch = await epochOf(publisher)
  let entries: Entry[] = []
  let token = before
  await publisher.restoreAfter(async () => {
    await what()
    token = await publisher.readToEnd()
    entries = await publisher.readAfter(null)
  })
  return { before, epoch, entries, token }
}

/** The cases of section 6. */
export const EPOCH_CASES: Case<Publisher>[] = [
  aCase('6.1a', 'each batch names the epoch, and so does a single record', ['create'], async (publisher) => {
    const key = await publisher.createOne()
    const { epoch } = await publisher.readBatch(null, 1)
    must(epoch !== undefined && epoch.length >= 1 && epoch.length <= 100, `epoch ${epoch}`)
    mustEqual((await publisher.readOne(key)).epoch, epoch, publisher.names.epochHeader)
  }),
  aCase('6.2a', 'an epoch is too long to be counted or dated', [], async (publisher) => {
    const epoch = await epochOf(publisher)
    must((epoch?.length ?? 0) >= FEWEST_CHARACTERS, `epoch ${epoch}`)
    must(!/^[\d\s:.TZ+-]+$/.test(epoch ?? '') || /^\d{19,}$/.test(epoch ?? ''), `epoch ${epoch}`)
  }),
  aCase('6.2b', 'two restores to the same moment are two epochs', [...RESTORE, 'change'], async (publisher) => {
    const key = await publisher.createOne()
    await publisher.readToEnd()
    const epochs = [await epochOf(publisher)]
    await publisher.act('keep', {})
    for (let time = 0; time < 2; time += 1) {
      await publisher.change(key)
      await publisher.readToEnd()
      await publisher.act('restore', {})
      epochs.push(await epochOf(publisher))
    }
    mustEqual(new Set(epochs).size, 3, `different epochs of ${epochs.join(', ')}`)
  }),
  aCase(
    '6.3a',
    'an epoch lasts, whatever is written, read or asked',
    ['create', 'change', 'delete'],
    async (publisher) => {
      const epoch = await epochOf(publisher)
      const [key = 0, other = 0] = await publisher.create(2)
      await publisher.readToEnd()
      await publisher.change(key)
      await publisher.delete(other)
      await publisher.askBatch('mine', 1)
      await publisher.readToEnd()
      mustEqual(await epochOf(publisher), epoch, 'epoch')
    },
  ),
  aCase('6.3b', 'the tokens of a history that was undone begin no epoch', RESTORE, async (publisher) => {
    const { token } = await loseHistory(publisher)
    const epoch = await epochOf(publisher)
    for (let time = 0; time < 3; time += 1) await publisher.askBatch(token, 1)
    mustEqual(await epochOf(publisher), epoch, 'epoch')
  }),
  aCase('6.4a', 'a restore to before what was read is a new epoch', RESTORE, async (publisher) => {
    const { epoch } = await loseHistory(publisher)
    const now = await epochOf(publisher)
    must(now !== epoch, `the epoch is still ${epoch}`)
  }),
  aCase('6.4b', 'a restore is noticed by whoever asks first, from the end too', RESTORE, async (publisher) => {
    const { token } = await loseHistory(publisher)
    mustRefuse(await publisher.askBatch(token, 1), 410, RESTORED)
  }),
  aCase('6.4c', 'a restore is noticed where as much was written since as was lost', RESTORE, async (publisher) => {
    const { token, epoch } = await loseHistory(publisher)
    await publisher.create(4)
    mustRefuse(await publisher.askBatch(token, 10), 410, RESTORED)
    must((await epochOf(publisher)) !== epoch, `the epoch is still ${epoch}`)
  }),
  aCase('6.4d', 'after a restore the feed is what the records are', [...RESTORE, 'change'], async (publisher) => {
    const [changed = 0] = await publisher.create(2)
    const kept = await publisher.readOne(changed)
    let lost = 0
    await loseHistory(publisher, async () => {
      await publisher.change(changed)
      lost = await publisher.createOne()
    })
    const entries = await publisher.readAfter(null)
    must(!entries.some(({ key }) => key === lost), `the lost record ${lost} came`)
    mustEqual(
      entries.find(({ key }) => key === changed)?.revision,
      kept.revision,
      'revision of the record that was put back',
    )
    mustEqual((await publisher.askOne(lost)).status, 404, 'status of the lost record')
  }),
  aCase('6.5a', 'the numbers of a new epoch are above those that were lost', RESTORE, async (publisher) => {
    const { entries } = await loseHistory(publisher)
    const keys = await publisher.create(2)
    const given = (await publisher.readAfter(null)).filter(({ key }) => keys.includes(key))
    mustEqual(given.length, 2, 'new records')
    for (const { place } of given) must(place > highestOf(entries), `${place} after ${highestOf(entries)}`)
  }),
  aCase('6.6a', 'a lost token is refused with the epoch to read under', RESTORE, async (publisher) => {
    const { token } = await loseHistory(publisher)
    const refused = await publisher.askBatch(token, 1)
    mustRefuse(refused, 410, RESTORED)
    mustEqual(isRec(refused.body) ? refused.body['epoch'] : null, await epochOf(publisher), 'epoch')
  }),
  aCase('6.6b', 'the refusal names the token’s epoch and the highest number', RESTORE, async (publisher) => {
    const { token, epoch, entries } = await loseHistory(publisher)
    const { body } = await publisher.askBatch(token, 1)
    const { tokenEpoch, highest } = isRec(body) ? body : {}
    mustEqual([tokenEpoch, highest], [epoch, highestOf(entries)], 'tokenEpoch and highest')
  }),
  aCase('6.6c', 'a token from before the moment that was restored is refused as well', RESTORE, async (publisher) => {
    const { before } = await loseHistory(publisher)
    mustRefuse(await publisher.askBatch(before, 1), 410, RESTORED)
  }),
  aCase('6.6d', 'the tokens of the new epoch go on', RESTORE, async (publisher) => {
    await loseHistory(publisher)
    const token = await publisher.readToEnd()
    const keys = await publisher.create(2)
    mustEqual(
      (await publisher.readAfter(token)).map(({ key }) => key).sort((one, other) => one - other),
      keys,
      'keys',
    )
  }),
  aCase('6.7a', 'an epoch that has ended does not begin again', [...RESTORE, 'change'], async (publisher) => {
    const key = await publisher.createOne()
    const epochs: (string | undefined)[] = []
    for (let time = 0; time < 3; time += 1) {
      await loseHistory(publisher, () => publisher.change(key))
      epochs.push(await epochOf(publisher))
    }
    mustEqual(new Set(epochs).size, 3, `different epochs of ${epochs.join(', ')}`)
  }),
  aCase('3.2b', 'the key of a record that a restore has lost is not given again', RESTORE, async (publisher) => {
    let lost: number[] = []
    await loseHistory(publisher, async () => {
      lost = await publisher.create(3)
    })
    const keys = await publisher.create(3)
    mustEqual(
      keys.filter((key) => lost.includes(key)),
      [],
      'keys that were given again',
    )
  }),
]
