import { type Column, DataTable, EmptyState, Figure, Moment, StateBadge } from '../../../../shared/ui/parts.tsx'
import type { PullRun } from '../answers.ts'

/** Each run and what it did, the newest first. */
export function Runs({ runs }: { runs: readonly PullRun[] }) {
  if (runs.length === 0) return <EmptyState title="No runs yet">Each run is listed here with what it did.</EmptyState>
  return <DataTable caption="Runs" captionShown columns={RUN_COLUMNS} rows={runs.slice(0, MOST_SHOWN)} />
}

/** The API has more. */
const MOST_SHOWN = 20

const RUN_COLUMNS: Column<PullRun>[] = [
  { label: 'Started', cell: ({ startedAt }) => <Moment at={startedAt} /> },
  { label: 'By', cell: ({ runBy }) => runBy },
  { label: 'Outcome', cell: ({ outcome }) => <StateBadge state={outcome} /> },
  countColumn('New', ({ created }) => created),
  countColumn('Changed', ({ changed }) => changed),
  countColumn('Removed', ({ removed }) => removed),
  countColumn('Unchanged', ({ unchanged }) => unchanged),
  countColumn('Quarantined', ({ quarantined }) => quarantined),
  countColumn('Pages', ({ pages }) => pages),
  { label: 'Error', cell: ({ error }) => error ?? '' },
  { label: 'Run', cell: ({ runId }) => <code>{runId.slice(0, 8)}</code> },
]

function countColumn(label: string, count: (run: PullRun) => number): Column<PullRun> {
  return { label, numeric: true, cell: (run) => <Figure value={count(run)} /> }
}
