import { orderPath } from '../../../shared/links.ts'
import {
  Age,
  Button,
  type Column,
  DataTable,
  DescriptionList,
  EmptyState,
  Figure,
  Moment,
  Notice,
  PageHeader,
  Panel,
  StateBadge,
} from '../../../shared/ui.tsx'
import { degradedReasons } from '../health.ts'
import type { PullRun, SyncState } from '../pull-run.ts'
import { BillingPage, type Frame } from './frame.tsx'

type SyncPageProps = { frame: Frame; sync: SyncState; now: string }

/** How billing keeps up with ordering: whether it does, where it stands, and what each run did. */
export function SyncPage({ frame, sync, now }: SyncPageProps) {
  return (
    <BillingPage frame={frame} title="Sync" current="sync">
      <PageHeader
        title="Sync"
        actions={
          <form method="post" action="/sync/run">
            <Button variant="primary">Run now</Button>
          </form>
        }
      >
        The pull reads what changed in ordering, every minute.
      </PageHeader>
      <SyncNotice sync={sync} now={now} />
      <Panel title="Where it stands">
        <SyncFacts sync={sync} now={now} />
      </Panel>
      {sync.quarantined.length > 0 && <Quarantine sync={sync} />}
      {sync.orphaned.length > 0 && <Orphans numbers={sync.orphaned} />}
      <Runs runs={sync.runs} />
    </BillingPage>
  )
}

/** The state in one sentence; what has to be looked at, where something has. */
function SyncNotice({ sync, now }: { sync: SyncState; now: string }) {
  const { lastRun, lastSuccessAt } = sync
  const reasons = degradedReasons(sync)
  if (reasons.length > 0) {
    return (
      <Notice tone="warning" title="Billing needs a look">
        <div class="prose">
          <ul>
            {reasons.map((reason) => (
              <li>{reason}.</li>
            ))}
          </ul>
        </div>
        {lastRun !== null && lastRun.error !== null && (
          <p>{lastRun.error}. The next run goes on from the token that stays.</p>
        )}
      </Notice>
    )
  }
  if (lastRun === null) return <Notice title="No pull has run yet">The first one comes within a minute.</Notice>
  if (lastRun.outcome === 'running') return <Notice title="A pull is running" />
  if (lastSuccessAt === null) return <Notice title="No pull has succeeded yet" />
  return (
    <Notice tone="success" title="Billing is in step with ordering">
      <p>
        The last pull succeeded <Age at={lastSuccessAt} now={now} />.
      </p>
    </Notice>
  )
}

function SyncFacts({ sync, now }: { sync: SyncState; now: string }) {
  const { token, lastSuccessAt, lagSeconds, agreedUpTo, agreedAt } = sync
  return (
    <DescriptionList
      entries={[
        { term: 'Last success', description: lastSuccessAt === null ? 'Never' : <Age at={lastSuccessAt} now={now} /> },
        { term: 'Lag', description: lagSeconds === null ? 'Not known' : <Seconds count={lagSeconds} /> },
        {
          term: 'Token',
          description: token === null ? 'None: the next run starts from the beginning' : <code>{token}</code>,
        },
        {
          term: 'Agreed',
          description:
            agreedUpTo === null || agreedAt === null ? null : (
              <>
                Up to order {agreedUpTo}, <Age at={agreedAt} now={now} />
              </>
            ),
        },
      ]}
    />
  )
}

function Seconds({ count }: { count: number }) {
  return (
    <>
      <Figure value={count} /> {count === 1 ? 'second' : 'seconds'}
    </>
  )
}

function Quarantine({ sync }: { sync: SyncState }) {
  return (
    <Panel title="Orders that cannot be read">
      <p class="prose">
        They were set aside and stop no other. They are tried again, and heal when they are mended in ordering.
      </p>
      <DataTable
        caption="Orders that cannot be read"
        columns={[
          {
            label: 'Order',
            cell: ({ number }) => (number === null ? 'Without a number' : <a href={orderPath(number)}>{number}</a>),
          },
          { label: 'What is wrong', cell: ({ error }) => error },
          { label: 'Attempts', numeric: true, cell: ({ attempts }) => <Figure value={attempts} /> },
        ]}
        rows={sync.quarantined}
      />
    </Panel>
  )
}

function Orphans({ numbers }: { numbers: readonly number[] }) {
  return (
    <Panel title="Orders that ordering no longer has">
      <p class="prose">
        Ordering’s database was restored to a moment before them. Their copies stay here; their invoices cannot be
        decided until the orders are back.
      </p>
      <ul class="button-row">
        {numbers.map((number) => (
          <a href={orderPath(number)}>Order {number}</a>
        ))}
      </ul>
    </Panel>
  )
}

function Runs({ runs }: { runs: readonly PullRun[] }) {
  if (runs.length === 0) return <EmptyState title="No runs yet">Each run is listed here with what it did.</EmptyState>
  return <DataTable caption="Runs" captionShown columns={RUN_COLUMNS} rows={runs} />
}

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
]

function countColumn(label: string, count: (run: PullRun) => number): Column<PullRun> {
  return { label, numeric: true, cell: (run) => <Figure value={count(run)} /> }
}
