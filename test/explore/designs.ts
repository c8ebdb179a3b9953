import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { ROOT } from '../../shared/project/project.ts'
import { type Edit, MECHANISMS } from '../mutants/mechanisms.ts'
import type { Bounds, Explorer, Kind } from './bounds.ts'

/** A design to explore: the module's code with some texts of it replaced. */
export type Design = {
  /** kebab-case; for a wrong design the name of the mechanism that it lacks. */
  name: string
  /** What it lacks, or has instead, in half a sentence. */
  without: string
  edits: readonly Edit[]
  /** Within which it falls. */
  bounds: Bounds
}

/** How many records come in a batch: as few as make two records two batches. Only this constant differs from what runs. */
const BATCH_OF_ONE: Edit = {
  file: 'shared/handover/consumer/pull/pull.ts',
  find: 'const BATCH_LIMIT = 500',
  put: 'const BATCH_LIMIT = 1',
}

/** Two triggers of the module would refuse a number that was given before. */
const HIGHEST_MAY_FALL: readonly Edit[] = [
  {
    file: 'shared/handover/publisher/migration.ts',
    find: 'WHEN NEW.${highest} < OLD.${highest}`',
    put: 'WHEN 0`',
  },
  {
    file: 'shared/handover/publisher/migration.ts',
    find: 'NEW.${nr} BETWEEN ${highest} + 1 AND',
    put: 'NEW.${nr} BETWEEN 1 AND',
  },
]

const NUMBERING = 'shared/handover/publisher/number-assignment-store.ts'
const BATCHES = 'shared/handover/publisher/batch-store.ts'
const STATE = 'shared/handover/publisher/state-store.ts'
const PUBLISHER_TABLES = 'shared/handover/publisher/migration.ts'

/** Two records are numbered at once, and get one number. */
const ONE_NUMBER_FOR_BOTH: readonly Edit[] = [
  {
    file: 'shared/handover/publisher/sequencer.ts',
    find: 'Math.max(...requests.map((request) => request.limit))',
    put: '2',
  },
  { file: NUMBERING, find: ' + row_number() OVER (ORDER BY arc, since, key) AS nr', put: ' + 1 AS nr' },
]

/** Numbers that are assigned by whoever changes a record. */
const NUMBERED_BY_WRITERS: readonly Edit[] = [
  { file: PUBLISHER_TABLES, find: 'WHEN NEW.${nr} IS NOT -1 AND NEW.${nr} IS NOT OLD.${nr}`', put: 'WHEN 0`' },
]

function bounds(kinds: readonly Kind[], actions: number, more: Partial<Bounds> = {}): Bounds {
  return { kinds, actions, records: 1, faults: 0, between: 0, held: 0, ...more }
}

/** The edits by which a mechanism of `npm run mutants` is taken out of the module. */
function editsOf(mechanism: string): { without: string; edits: Edit[] } {
  const found = MECHANISMS.find(({ name }) => name === mechanism)
  if (found === undefined) throw new Error(`Cannot take out ${mechanism}: there is no such mechanism`)
  return { without: found.without, edits: found.takenOut.filter((step) => 'file' in step) }
}

function lacking(mechanism: string, within: Bounds, more: readonly Edit[] = []): Design {
  const { without, edits } = editsOf(mechanism)
  return { name: mechanism, without, edits: [...edits, ...more], bounds: within }
}

/** The module as it runs, but for the size of a batch. */
export const AS_IT_IS = { name: 'as-it-is', edits: [] } as const

/**
 * The wrong designs of the conformance kit that lack no single mechanism, or have another one in its place, written into the
 * module as an engineer would who had not thought of it.
 */
const OTHER_DESIGNS: readonly Design[] = [
  {
    name: 'one-number-for-a-batch',
    without: 'a number for each record (instead: one for all that are numbered at once)',
    edits: [
      ...ONE_NUMBER_FOR_BOTH,
      { file: BATCHES, find: 'batch.place < ${limit}', put: 'batch.place < 2' },
      {
        file: BATCHES,
        find: 'WHERE ${sequenceNr} > batch.nr ORDER BY ${sequenceNr} LIMIT 1',
        put: 'WHERE (${sequenceNr}, ${key}) > (batch.nr, batch.key) ORDER BY ${sequenceNr}, ${key} LIMIT 1',
      },
    ],
    bounds: bounds(['place', 'pull'], 4, { records: 2 }),
  },
  {
    name: 'batch-cut-inside-a-number',
    without: 'batches that end where a number ends (instead: one number for two records, and a record in each batch)',
    edits: ONE_NUMBER_FOR_BOTH,
    bounds: bounds(['place', 'pull'], 4, { records: 2 }),
  },
  {
    name: 'number-assigned-as-the-change-is-written',
    without: 'numbering as the feed is read (instead: a writer draws the next number, and then writes)',
    edits: [
      ...NUMBERED_BY_WRITERS,
      { file: PUBLISHER_TABLES, find: '    `${nr} = -1`,\n', put: '    `${nr} = NEW.${nr}`,\n' },
      {
        file: 'test/explore/actions.ts',
        find: "publisher.write(`UPDATE records SET content = 'good' WHERE id = ?`, of)",
        put: `const db = world.openPublisher(caller)
      const drawn = await db.run(sql\`UPDATE records_feed_state SET highest = highest + 1 RETURNING highest\`)
      const { highest } = drawn.results[0] as { highest: number }
      await db.run(sql\`UPDATE records SET content = 'good', sequence_nr = \${highest} WHERE id = \${of}\`)`,
      },
      {
        file: 'test/explore/actions.ts',
        find: 'import { compareRecords }',
        put: "import { sql } from 'drizzle-orm'\nimport { compareRecords }",
      },
    ],
    bounds: bounds(['change', 'pull'], 3, {
      between: 2,
      begin: [
        { kind: 'place', of: 1 },
        { kind: 'pull', of: 0 },
      ],
    }),
  },
  {
    name: 'date-of-the-change',
    without: 'numbers (instead: the date of the change, as exact as the clock)',
    edits: [
      ...NUMBERED_BY_WRITERS,
      { file: PUBLISHER_TABLES, find: '    `${nr} = -1`,\n', put: "    `${nr} = unixepoch('subsec')`,\n" },
      {
        file: PUBLISHER_TABLES,
        find: '  WHERE ${key} = NEW.${key};`,\n])}`,',
        put: "  WHERE ${key} = NEW.${key};`,\n  `UPDATE ${plainName(feed.state.table)} SET highest = max(highest, unixepoch('subsec'));`,\n])}`,",
      },
      // Two changes come within what the clock can tell apart.
      { file: 'test/explore/world.ts', find: 'this.fate.minutes += 61', put: 'this.fate.minutes += 0' },
    ],
    bounds: bounds(['place', 'change', 'pull'], 4),
  },
  {
    name: 'no-epoch',
    without: 'epochs (instead: a feed that was restored keeps the name that it had)',
    edits: [{ file: STATE, find: 'lower(hex(randomblob(8))), ${t.highest}', put: '${state.epoch}, ${t.highest}' }],
    bounds: bounds(['place', 'change', 'pull', 'keep-publisher', 'restore-publisher'], 6),
  },
  {
    name: 'epoch-that-counts',
    without: 'epochs drawn at random (instead: each is one more than the epoch before)',
    edits: [
      {
        file: STATE,
        find: 'lower(hex(randomblob(8))), ${t.highest}',
        put: "printf('%016d', ${t.epoch} + 1), ${t.highest}",
      },
      { file: PUBLISHER_TABLES, find: 'VALUES (1, lower(hex(randomblob(8))))', put: "VALUES (1, '0000000000000001')" },
    ],
    bounds: bounds(['pull', 'forget', 'restore-publisher'], 5, {
      begin: [
        { kind: 'place', of: 1 },
        { kind: 'keep-publisher', of: 0 },
        { kind: 'pull', of: 0 },
      ],
    }),
  },
  {
    name: 'tombstones-left-out',
    without: 'deleted records in the feed',
    edits: [
      {
        file: BATCHES,
        find: 'WHERE o.${sequenceNr} > ${after?.number ?? 0} ORDER BY',
        put: "WHERE o.${sequenceNr} > ${after?.number ?? 0} AND o.state <> 'Deleted' ORDER BY",
      },
      {
        file: STATE,
        find: '(SELECT max(${sequenceNr}) FROM ${table}) AS highestHeld',
        put: "(SELECT max(${sequenceNr}) FROM ${table} WHERE state <> 'Deleted') AS highestHeld",
      },
    ],
    bounds: bounds(['delete', 'pull'], 3, {
      begin: [
        { kind: 'place', of: 1 },
        { kind: 'pull', of: 0 },
      ],
    }),
  },
  {
    name: 'token-moved-by-a-link',
    without: 'a token that the pull alone moves (instead: a link moves it over what it has read)',
    edits: [
      {
        file: 'shared/handover/consumer/deep-link.ts',
        find: "    if ('beside' in stored.value) return outcomeOf",
        put: `    if ('beside' in stored.value) {
      const { pull } = consumer.tables
      const read = await context.db.run(sql\`SELECT token FROM \${pull}\`)
      const { token } = read.results[0] as { token: string | null }
      const batch = await fetchBatch(consumer, context, token, 1)
      if (batch.ok) await context.db.run(sql\`UPDATE record_pull SET token = \${batch.value.next}\`)
    }
    if ('beside' in stored.value) return outcomeOf`,
      },
      {
        file: 'shared/handover/consumer/deep-link.ts',
        find: 'import { isDataRefusal }',
        put: "import { sql } from 'drizzle-orm'\nimport { isDataRefusal }",
      },
    ],
    bounds: bounds(['place', 'pull', 'link'], 4, { records: 2 }),
  },
]

/** The module without each mechanism in turn, then the other designs, and bounds within which each falls. */
export const WRONG_DESIGNS: readonly Design[] = [
  lacking('highest-number-of-its-own', bounds(['place', 'change', 'pull'], 6, { records: 2 }), HIGHEST_MAY_FALL),
  lacking(
    'expected-state',
    bounds(['pull', 'restore-publisher'], 3, {
      between: 1,
      begin: [
        { kind: 'place', of: 1 },
        { kind: 'keep-publisher', of: 0 },
        { kind: 'pull', of: 0 },
        { kind: 'change', of: 1 },
      ],
    }),
  ),
  lacking(
    'compare-and-set',
    bounds(['pull', 'restore-consumer'], 3, {
      between: 1,
      begin: [
        { kind: 'pull', of: 0 },
        { kind: 'place', of: 1 },
        { kind: 'place', of: 2 },
        { kind: 'keep-consumer', of: 0 },
      ],
    }),
  ),
  lacking(
    'guard-of-the-batch',
    bounds(['change', 'pull', 'forget'], 5, {
      faults: 1,
      held: 1,
      only: ['held'],
      begin: [
        { kind: 'place', of: 1 },
        { kind: 'pull', of: 0 },
        { kind: 'change', of: 1 },
      ],
    }),
  ),
  lacking(
    'joining-the-next-numbering',
    bounds(['pull', 'restore-consumer'], 3, {
      records: 2,
      between: 2,
      begin: [
        { kind: 'pull', of: 0 },
        { kind: 'keep-consumer', of: 0 },
        { kind: 'place', of: 1 },
        { kind: 'pull', of: 0 },
        { kind: 'place', of: 2 },
      ],
    }),
  ),
  lacking('token-with-its-page', bounds(['place', 'pull'], 4, { faults: 1 })),
  lacking('revision-guard', bounds(['place', 'change', 'pull', 'link'], 4, { between: 2, interrupted: ['link'] })),
  lacking('set-aside', bounds(['place', 'bad', 'pull'], 4)),
  lacking('set-aside-in-its-batch', bounds(['place', 'bad', 'pull'], 4, { faults: 1 })),
  lacking('halving', bounds(['place', 'refuse', 'pull'], 4, { records: 2 })),
  lacking(
    'closed-by-as-new-a-copy',
    bounds(['place', 'bad', 'pull', 'link'], 4, { between: 2, interrupted: ['link'] }),
  ),
  lacking(
    'comparison-of-what-was-read',
    bounds(['place', 'pull', 'compare', 'keep-consumer', 'restore-consumer'], 6, {
      between: 1,
      interrupted: ['compare'],
    }),
  ),
  {
    name: 'witness-before-the-answer',
    without: 'the witness of a batch, written before the batch leaves',
    edits: [
      {
        file: 'shared/handover/publisher/sequencer.ts',
        find: '        this.#witness(read.state)\n',
        put: '',
      },
    ],
    bounds: bounds(['place', 'pull', 'keep-publisher', 'restore-publisher'], 5),
  },
  lacking('witness', bounds(['place', 'change', 'pull', 'keep-publisher', 'restore-publisher'], 5)),
  lacking('copies-of-a-retired-epoch', bounds(['place', 'change', 'pull', 'keep-publisher', 'restore-publisher'], 5)),
  lacking('retired-epochs', bounds(['place', 'pull', 'link', 'forget'], 5, { between: 1 })),
  lacking(
    'epochs-newer-than-the-question',
    bounds(['pull', 'forget'], 3, { between: 2, begin: [{ kind: 'place', of: 1 }] }),
  ),
  ...OTHER_DESIGNS,
]

/** Loads the explorer over a design; each design has modules of its own. */
export async function loadDesign({ name, edits }: Pick<Design, 'name' | 'edits'>): Promise<Explorer> {
  const changed = new Map<string, string>()
  for (const { file, find, put } of [BATCH_OF_ONE, ...edits]) {
    const url = pathToFileURL(join(ROOT, file)).href
    const parts = (changed.get(url) ?? readFileSync(fileURLToPath(url), 'utf8')).split(find)
    if (parts.length !== 2) {
      throw new Error(`Cannot load ${name}: ${file} has ${parts.length - 1} places that say ${find}`)
    }
    changed.set(url, parts.join(put))
  }
  const mark = `?design=${name}`
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context)
      const isMarked = specifier.endsWith(mark) || context.parentURL?.endsWith(mark) === true
      return isMarked && IS_OF_A_DESIGN.test(resolved.url) && !resolved.url.endsWith(mark)
        ? { ...resolved, url: `${resolved.url}${mark}` }
        : resolved
    },
    load(url, context, next) {
      const source = changed.get(url.slice(0, -mark.length))
      return url.endsWith(mark) && source !== undefined
        ? { format: 'module-typescript', source, shortCircuit: true }
        : next(url, context)
    },
  })
  try {
    // The types stand in bounds.ts: this file belongs to a command, whose other files know nothing of D1.
    const search = (await import(new URL(`search.ts${mark}`, import.meta.url).href)) as Pick<Explorer, 'explore'>
    const { tell } = (await import(new URL(`tell.ts${mark}`, import.meta.url).href)) as Pick<Explorer, 'tell'>
    const traces = (await import(new URL(`record.ts${mark}`, import.meta.url).href)) as Pick<
      Explorer,
      'recordActions' | 'followActions'
    >
    return { ...search, tell, ...traces }
  } finally {
    hooks.deregister()
  }
}

/** The modules that a design has of its own: the hand-over's, and the explorer's, which import them. */
const IS_OF_A_DESIGN = /\/(?:shared\/handover|test\/explore)\//
