import type { World } from '../world.ts'

/** An order as ordering has it, as far as it is published. */
export type TheirOrder = {
  number: number
  state: string
  revision: number
  fingerprint: number
  place: number
  poisoned: 0 | 1
  published: string
}
/** Billing's copy of an order. */
export type OurOrder = {
  number: number
  revision: number
  fingerprint: number | null
  epoch: string
  deleted: 0 | 1
  orphaned: 0 | 1
  record: string
}
/** What `GET /api/sync` names. */
export type Sync = { token: string | null; orphaned: number[]; quarantined: { number: number | null }[] }

/** The orders, of alias `o`, that the poisons have made unfit. */
export const IS_POISONED = `(o.currency = 'ZZZ' OR o.customer ->> '$.name' IS NULL OR o.placed_at = 'yesterday'
  OR instr(coalesce(o.note, ''), char(7)) > 0
  OR json_array_length(o.lines) = 0 OR o.lines ->> '$[0].quantity' = 0)`

/** What was found on both sides. `unfit`: orders out of contract; `refused`: those that billing's database refuses. */
export type Findings = {
  theirs: TheirOrder[]
  ours: OurOrder[]
  sync: Sync
  unfit: Set<number>
  refused: Set<number>
}

/** Reads both sides, once everything has come to rest. */
export async function find(world: World): Promise<Findings> {
  const [theirs, ours, sync, refused] = await Promise.all([
    readTheirs(world),
    readOurs(world),
    readSync(world),
    listRefusedNumbers(world),
  ])
  const unfit = theirs.filter(({ poisoned }) => poisoned === 1).map(({ number }) => number)
  return { theirs, ours, sync, unfit: new Set(unfit), refused: new Set(refused) }
}

/** The orders that were ever confirmed, as ordering has them. */
export function readTheirs({ ordering }: World): Promise<TheirOrder[]> {
  return ordering.sql<TheirOrder>(`
    SELECT o.number, o.state, o.revision, o.fingerprint, o.confirmed_sequence_nr AS place, ${IS_POISONED} AS poisoned,
      json_object('number', o.number, 'state', o.state, 'revision', o.revision, 'fingerprint', o.fingerprint,
        'externalId', o.external_id, 'placedAt', o.placed_at, 'confirmedAt', o.confirmed_at,
        'confirmedBy', o.confirmed_by, 'updatedAt', o.updated_at, 'updatedBy', o.updated_by, 'currency', o.currency,
        'customer', json(o.customer), 'lines', json(o.lines), 'charges', json(o.charges),
        'suppliedOn', o.supplied_on, 'taxExemptionReason', o.tax_exemption_reason, 'note', o.note) AS published
    FROM orders o WHERE o.confirmed_at IS NOT NULL ORDER BY o.number`)
}

function readOurs({ billing }: World): Promise<OurOrder[]> {
  return billing.sql<OurOrder>(
    'SELECT number, revision, fingerprint, epoch, deleted, orphaned, record FROM orders ORDER BY number',
  )
}

async function readSync({ billing }: World): Promise<Sync> {
  const answer = await billing.fetch('/api/sync')
  if (answer.status !== 200) throw new Error(`GET /api/sync answered ${answer.status} without faults`)
  return (await answer.json()) as Sync
}

/**
 * The content of a published order, its members in one order: without its place, which a copy need not have, and without
 * these members.
 */
export function contentOf(json: string, without: readonly string[] = []): string {
  const left = new Set(['confirmedSequenceNr', 'totals', ...without])
  const members = Object.entries(JSON.parse(json) as Record<string, unknown>).filter(([member]) => !left.has(member))
  return JSON.stringify(Object.fromEntries(members), (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  )
}

/** The numbers of the orders that billing's database refuses. */
export async function listRefusedNumbers(world: World): Promise<number[]> {
  return (await listRefusals(world)).map((name) => Number(name.split('_')[1]))
}

/** The triggers by which the simulator lets billing's database refuse orders. */
export async function listRefusals({ billing }: World): Promise<string[]> {
  const rows = await billing.sql<{ name: string }>(
    `SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'refusal\\_%' ESCAPE '\\'`,
  )
  return rows.map(({ name }) => name)
}
