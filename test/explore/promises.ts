import type { Action } from './bounds.ts'
import { playWithoutFaults } from './play.ts'
import type { World } from './world.ts'

type TheirRecord = {
  id: number
  state: string
  content: string
  revision: number
  fingerprint: number
  nr: number
}
type OurCopy = {
  id: number
  revision: number
  fingerprint: number | null
  epoch: string
  deleted: 0 | 1
  orphaned: 0 | 1
}
type OurPull = {
  token: string | null
  agreedUpTo: number | null
  epoch: string | null
  repair: string | null
  newest: string | null
}
type TheirFeed = { epoch: string; highest: number }

/** Pulls in a row by which both sides have to agree, before a comparison and after it. */
const MOST_PULLS = 4

const PULL: Action = { kind: 'pull', of: 0 }
const COMPARE: Action = { kind: 'compare', of: 0 }

type Sides = { theirs: TheirRecord[]; feed: TheirFeed; ours: OurCopy[]; pull: OurPull; quarantined: number[] }

function lookAt({ databases: { publisher, consumer } }: World): Sides {
  const [feed] = publisher.rows<TheirFeed>('SELECT epoch, highest FROM records_feed_state')
  const [pull] = consumer.rows<OurPull>(
    `SELECT token, agreed_up_to AS agreedUpTo, epoch, repair, (SELECT epoch FROM record_epochs ORDER BY nr DESC LIMIT 1) AS newest FROM record_pull`,
  )
  if (feed === undefined || pull === undefined) throw new Error('Cannot look: a row of either side is missing')
  return {
    theirs: publisher.rows<TheirRecord>(
      'SELECT id, state, content, revision, fingerprint, sequence_nr AS nr FROM records WHERE published_at IS NOT NULL ORDER BY id',
    ),
    feed,
    ours: consumer.rows<OurCopy>(
      'SELECT id, revision, fingerprint, epoch, deleted, orphaned FROM record_copies ORDER BY id',
    ),
    pull,
    quarantined: consumer
      .rows<{ id: number }>('SELECT id FROM record_quarantine WHERE closed_at IS NULL ORDER BY id')
      .map(({ id }) => id),
  }
}

/**
 * What must hold whenever nothing is under way (guarantees 2 and 7): the token says only what is stored, each record up to it
 * having a copy that is as new, or being set aside; and the epoch that is the consumer's own is the one it learned last.
 */
export function checkAtRest(world: World): string[] {
  const { theirs, feed, ours, pull, quarantined } = lookAt(world)
  const broken: string[] = []
  if (pull.epoch !== pull.newest) broken.push('The consumer’s epoch is not the one that it learned last.')
  const { epoch } = pull
  if (epoch !== feed.epoch) return broken
  // A repair that is owed says that what was agreed is so no longer.
  const agreed = pull.repair === null ? (pull.agreedUpTo ?? 0) : 0
  const number = Math.max(numberIn(pull.token, epoch), agreed)
  const copies = new Map(ours.map((copy) => [copy.id, copy]))
  for (const record of theirs) {
    if (record.nr < 1 || record.nr > number || quarantined.includes(record.id)) continue
    const copy = copies.get(record.id)
    if (copy === undefined) {
      broken.push(
        `The consumer says that it has read up to ${number}, and record ${record.id} has number ${record.nr}: there is no copy of it.`,
      )
    } else if (copy.epoch !== epoch || copy.revision < record.revision) {
      broken.push(
        `The consumer says that it has read up to ${number}; record ${record.id}, number ${record.nr}, has revision ${record.revision}, and its copy ${copy.revision}${copy.epoch === epoch ? '' : ' of another epoch'}.`,
      )
    }
  }
  return [...broken]
}

/** The number of a token of this epoch; 0 where it is none. */
function numberIn(token: string | null, epoch: string): number {
  const [of, number] = token?.split('.') ?? []
  return of === epoch ? Number(number) : 0
}

/**
 * What must come about from any moment on, once nothing goes wrong any more (guarantees 1, 6 and 7): after some pulls, a
 * comparison and some more pulls, both sides agree. From a moment that is met again it was found to come about before: `known`
 * are the names of those. The world is left where that ends.
 */
export async function checkProgress(world: World, known: Set<string>, nameOf: () => string): Promise<string[]> {
  const { broken } = world.watch
  const met: string[] = []
  const isKnown = (): boolean => {
    const name = nameOf()
    met.push(name)
    return known.has(name)
  }
  // A moment that differs from one that is known by what nothing comes of any more need not be pulled from.
  if (isKnown()) return []
  await playWithoutFaults(world, PULL)
  if (!isKnown()) {
    for (let pulls = 2; pulls <= MOST_PULLS && disagreements(world).length > 0; pulls += 1) {
      await playWithoutFaults(world, PULL)
    }
    await playWithoutFaults(world, COMPARE)
    for (let pulls = 1; pulls <= MOST_PULLS && disagreements(world).length > 0; pulls += 1) {
      await playWithoutFaults(world, PULL)
    }
    broken.push(...disagreements(world))
  }
  if (broken.length === 0) for (const name of met) known.add(name)
  return [...broken]
}

/** What differs between both sides. */
export function disagreements(world: World): string[] {
  const { theirs, feed, ours, pull, quarantined } = lookAt(world)
  const broken: string[] = []
  const copies = new Map(ours.map((copy) => [copy.id, copy]))
  const records = new Set(theirs.map(({ id }) => id))
  for (const record of theirs) {
    const copy = copies.get(record.id)
    const isSame = copy !== undefined && copy.revision === record.revision && copy.fingerprint === record.fingerprint
    if (record.content === 'good' || (record.content === 'refused' && isSame)) {
      if (copy === undefined) broken.push(`Record ${record.id} is missing in the consumer, whatever pulls follow.`)
      else if (!isSame) {
        broken.push(
          `Record ${record.id} has revision ${record.revision}, and its copy still says what revision ${copy.revision} said.`,
        )
      } else if ((copy.deleted === 1) !== (record.state === 'Deleted')) {
        broken.push(`Record ${record.id} is ${record.state}, and its copy says otherwise.`)
      }
      if (quarantined.includes(record.id)) broken.push(`Record ${record.id} fits, and is still set aside.`)
    } else if (!quarantined.includes(record.id)) {
      broken.push(`Record ${record.id} does not fit, and nothing says so.`)
    }
  }
  for (const { id, orphaned } of ours) {
    if (orphaned === 1 && records.has(id)) broken.push(`The publisher has record ${id}, and its copy is an orphan.`)
    if (orphaned === 0 && !records.has(id)) broken.push(`The publisher has no record ${id}, and its copy is no orphan.`)
  }
  for (const id of quarantined) if (!records.has(id)) broken.push(`Record ${id} is set aside, and there is none.`)
  if (pull.repair !== null) broken.push('A repair never ends.')
  const [epoch, number] = pull.token?.split('.') ?? []
  const highest = Math.max(0, ...theirs.map(({ nr }) => nr))
  if (theirs.length > 0 && (epoch !== feed.epoch || Number(number) < highest)) {
    broken.push(`The token does not come to the feed’s end.`)
  }
  return [...broken, ...wrongRanges(world)]
}

/** The digests that a comparison trusts are those of the rows. */
function wrongRanges({ databases: { publisher, consumer } }: World): string[] {
  const sides = [
    {
      name: 'publisher',
      rows: publisher.rows<{ wrong: number }>(`
        SELECT coalesce((SELECT sum(records) FROM records_ranges), 0) <> (SELECT count(*) FROM records)
          OR coalesce((SELECT sum(fingerprints) FROM records_ranges), 0) <> (SELECT coalesce(sum(fingerprint), 0) FROM records) AS wrong`),
    },
    {
      name: 'consumer',
      rows: consumer.rows<{ wrong: number }>(`
        SELECT coalesce((SELECT sum(copies) FROM record_ranges), 0) <> (SELECT count(*) FROM record_copies WHERE orphaned = 0)
          OR coalesce((SELECT sum(fingerprints) FROM record_ranges), 0)
            <> (SELECT coalesce(sum(fingerprint), 0) FROM record_copies WHERE orphaned = 0) AS wrong`),
    },
  ]
  return sides.filter(({ rows: [row] }) => row?.wrong !== 0).map(({ name }) => `The ranges of the ${name} are wrong.`)
}
