import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Served } from './serve.ts'

/** A plain implementation with one mechanism changed, by edits of its text, and the cases that it must fail. */
export type Wrong = { name: string; edits: [from: string, to: string][]; failsAt: string[] }

/** Starts a plain implementation of test/conformance/plain, as it stands or edited. */
export async function startPlain(
  file: 'publisher.mjs' | 'consumer.mjs',
  { edits }: Pick<Wrong, 'edits'>,
): Promise<Served> {
  let source = await readFile(join(import.meta.dirname, 'plain', file), 'utf8')
  for (const [from, to] of edits) {
    if (source.split(from).length !== 2) throw new Error(`Cannot edit ${file}: this does not stand there once: ${from}`)
    source = source.replace(from, () => to)
  }
  const module = (await import(`data:text/javascript,${encodeURIComponent(source)}`)) as {
    start: () => Promise<Served>
  }
  return module.start()
}

const NO_PLACE = 'const place = -1'
const EACH_ITS_NUMBER =
  "for (const { id } of waiting) run('UPDATE parcels SET place = ? WHERE id = ?', (highest += 1), id)"
const ONE_NUMBER = `if (waiting.length > 0) highest += 1
    for (const { id } of waiting) run('UPDATE parcels SET place = ? WHERE id = ?', highest, id)`

/** Publishers that look right and lose records. */
export const WRONG_PUBLISHERS: Wrong[] = [
  {
    name: 'the maximum of the rows plus 1 as number',
    edits: [
      [
        'let { highest } = feed',
        "let { highest } = get('SELECT max(0, coalesce(max(place), 0)) AS highest FROM parcels')",
      ],
    ],
    failsAt: ['4.11a', '4.13a'],
  },
  { name: 'one number for each batch', edits: [[EACH_ITS_NUMBER, ONE_NUMBER]], failsAt: ['4.4a', '4.4b'] },
  {
    name: 'a batch cut inside a number',
    edits: [
      [EACH_ITS_NUMBER, ONE_NUMBER],
      ['      feed.last,\n      limit,\n', '      feed.last,\n      1_000_000,\n'],
    ],
    failsAt: ['4.10b'],
  },
  {
    name: 'a number that is assigned as the change is written',
    edits: [
      [
        NO_PLACE,
        `const place = heedWitness().highest + 1
    run('UPDATE feed SET highest = ?', place)
    witness.highest = place`,
      ],
    ],
    failsAt: ['3.5a', '4.12a'],
  },
  {
    name: 'the date of the change as number',
    edits: [
      [NO_PLACE, 'const place = Date.now()'],
      [
        'let { highest } = feed',
        "let highest = Math.max(feed.highest, get('SELECT max(0, coalesce(max(place), 0)) AS highest FROM parcels').highest)",
      ],
    ],
    failsAt: ['4.12a'],
  },
  {
    name: 'no epoch in its batches',
    edits: [['more, epoch: feed.epoch, schema: 1', 'more, schema: 1']],
    failsAt: ['4.1a', '6.1a'],
  },
  {
    name: 'no witness',
    edits: [
      ['if (feed.epoch === witness.epoch && feed.highest >= witness.highest) return feed', 'if (feed) return feed'],
    ],
    failsAt: ['6.4a', '6.4c', '6.5a'],
  },
  {
    name: 'an epoch that counts',
    edits: [
      [
        "const newEpoch = () => randomBytes(12).toString('hex')",
        "const newEpoch = () => String(Number(get('SELECT epoch FROM feed')?.epoch ?? 0) + 1).padStart(24, '0')",
      ],
    ],
    failsAt: ['6.2b'],
  },
  {
    name: 'tombstones left out',
    edits: [
      ['WHERE published AND place > ? ORDER BY place', 'WHERE published AND NOT deleted AND place > ? ORDER BY place'],
    ],
    failsAt: ['3.6a', '4.10a', '4.11b'],
  },
  { name: 'no turns', edits: [['ORDER BY id <= ?, id LIMIT', 'ORDER BY ? < 0, id LIMIT']], failsAt: ['4.14a'] },
  {
    name: 'an end where records wait',
    edits: [["(place = -1 OR place > ?) LIMIT 1'", "place > ? LIMIT 1'"]],
    failsAt: ['4.8a'],
  },
]

/** Consumers that look right and lose records, or what they know of them. */
export const WRONG_CONSUMERS: Wrong[] = [
  {
    name: 'the token stored before the data',
    edits: [
      [
        'if (moved.changes !== 1) return false',
        `if (moved.changes !== 1) return false
      db.exec('COMMIT')
      db.exec('BEGIN IMMEDIATE')`,
      ],
    ],
    failsAt: ['8.11a'],
  },
  {
    name: 'an older revision that overwrites',
    edits: [['revision > copy.revision : !isSame', 'revision !== copy.revision : !isSame']],
    failsAt: ['8.4b', '8.4c'],
  },
  {
    name: 'a token that moves by the single read',
    edits: [
      [
        "return 'stored'",
        `run('UPDATE state SET token = ?', (await readBatch(state().token)).body.next)
        return 'stored'`,
      ],
    ],
    failsAt: ['8.10a'],
  },
  { name: 'tombstones stored as live', edits: [['Number(deleted),', '0,']], failsAt: ['8.6a', '8.6b'] },
  {
    name: 'a short batch taken for the end',
    edits: [['if (!body.more) break', 'if (body.parcels.length < LIMIT) break']],
    failsAt: ['8.13a'],
  },
  {
    name: 'a failed answer taken for an empty one',
    edits: [
      [
        'if (answer.status >= 500) return undefined',
        "if (answer.status >= 500) return { status: 200, body: { parcels: [], next: '-', more: false, epoch: state().epoch } }",
      ],
    ],
    failsAt: ['8.8c', '8.8d'],
  },
  {
    name: 'a record that stops those behind it',
    edits: [['if (why !== null) setAside(parcel, epoch, why)', 'if (why !== null) throw new Error(why)']],
    failsAt: ['9.1a', '9.1b'],
  },
  {
    name: 'no orphans',
    edits: [['if (!more && state().repairing === 1) {', 'if (more && state().repairing === 1) {']],
    failsAt: ['10.4a', '10.4b'],
  },
  {
    name: 'an epoch that is stored with changes alone',
    edits: [
      ["else if (copy.epoch !== epoch || isSame) run('UPDATE copies", "else if (copy.revision < 0) run('UPDATE copies"],
    ],
    failsAt: ['10.1a', '10.4a'],
  },
  {
    name: 'the revision alone in a new epoch',
    edits: [['(copy.epoch === epoch ? revision > copy.revision : !isSame)', 'revision > copy.revision']],
    failsAt: ['10.3a', '10.3b'],
  },
  {
    name: 'an epoch that any answer begins',
    edits: [
      [
        'if (state().epoch === answer.epoch) {',
        'if (epoch !== answer.epoch) learnEpoch(answer.epoch, epoch)\n      if (state().epoch === answer.epoch) {',
      ],
    ],
    failsAt: ['10.9c'],
  },
]
