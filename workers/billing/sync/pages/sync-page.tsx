import { Button, Moment, PageHeader, Panel } from '../../../../shared/ui/parts.tsx'
import { may } from '../../edge/rights.ts'
import { BillingPage, type Frame } from '../../edge/frame.tsx'
import { Evidence } from './evidence.tsx'
import { SyncFacts } from './facts.tsx'
import { RequestNotice, ResetNotice, StandingNotice, type SyncNotice } from './sync-notices.tsx'
import { Orphans } from './orphans-page.tsx'
import { Pictures } from './history-pictures.tsx'
import { Quarantine } from './quarantine-list.tsx'
import { Resets } from './reset-page.tsx'
import { Runs } from './runs.tsx'
import type { SyncView } from './sync-view.ts'
import { TraceForm } from '../../trace/search-form.tsx'

type SyncPageProps = {
  frame: Frame
  view: SyncView
  /** What is said of this one request. */
  notice?: SyncNotice | undefined
}

/** How billing keeps up with ordering: whether it does, what is wrong if anything is, and what can be done about it. */
export function SyncPage({ frame, view, notice }: SyncPageProps) {
  return (
    <BillingPage frame={frame} title="Sync" current="sync" scripts={['/live-page.js', '/send-once.js']}>
      <PageHeader title="Sync" actions={may('operate', frame.roles) ? <Acts /> : undefined}>
        Every minute, the pull reads what has changed in ordering.
      </PageHeader>
      {notice !== undefined && <RequestNotice notice={notice} view={view} />}
      <div class="live" data-live="state">
        <StandingNotice view={view} />
        <ResetNotice view={view} />
        <Panel title="Current status">
          <SyncFacts view={view} />
          {/* The page may stay open while nothing answers it: what it says was true then. */}
          <p class="hint">
            As of <Moment at={view.now} />
          </p>
        </Panel>
        <Pictures view={view} />
        <Quarantine view={view} />
        <Orphans numbers={view.report.orphaned} />
      </div>
      <label class="choice" data-live-choice data-with-script>
        <input type="checkbox" checked />
        Update this page automatically
      </label>
      <Panel title="Where is my order?">
        <TraceForm />
      </Panel>
      <Resets view={view} />
      <Evidence view={view} />
      <div class="live" data-live="runs">
        <Runs runs={view.report.runs} />
      </div>
    </BillingPage>
  )
}

function Acts() {
  return (
    <>
      <form method="post" action="/sync/run" data-send-once>
        <Button variant="primary">Run now</Button>
      </form>
      <form method="post" action="/sync/compare" data-send-once>
        <Button>Compare now</Button>
      </form>
    </>
  )
}
