import { tracePath } from '../../../../shared/contract/links.ts'
import { Age, Button, type Column, DataTable, Figure, Moment, Panel } from '../../../../shared/ui/parts.tsx'
import type { QuarantinedRecord } from '../answers.ts'
import { IfAllowed } from '../../edge/frame.tsx'
import type { SyncView } from './sync-view.ts'

/** What was set aside since it cannot be read, each with its error in words and a way to try it again at once. */
export function Quarantine({ view: { report, now } }: { view: SyncView }) {
  if (report.quarantined.length === 0) return null
  return (
    <Panel title="Orders that cannot be read">
      <p class="prose">
        They are in quarantine and do not hold up the others. They are retried automatically, and released once they are
        corrected in ordering.
      </p>
      <DataTable caption="Orders that cannot be read" columns={columnsOf(now)} rows={report.quarantined} />
    </Panel>
  )
}

function columnsOf(now: string): Column<QuarantinedRecord>[] {
  return [
    {
      label: 'Order',
      cell: ({ number, subject }) => (number === null ? subject : <a href={tracePath(number)}>{number}</a>),
    },
    { label: 'What is wrong', cell: ({ error }) => error },
    { label: 'Since', cell: ({ firstSeenAt }) => <Age at={firstSeenAt} now={now} /> },
    { label: 'Attempts', numeric: true, cell: ({ attempts }) => <Figure value={attempts} /> },
    { label: 'Next attempt', cell: ({ nextTryAt }) => <Moment at={nextTryAt} /> },
    { label: 'Action', labelHidden: true, cell: ({ subject }) => <TryAgain subject={subject} /> },
  ]
}

function TryAgain({ subject }: { subject: string }) {
  return (
    <IfAllowed right="operate">
      <form method="post" action="/sync/quarantine/retry" data-send-once>
        <input type="hidden" name="subject" value={subject} />
        <Button>Try again</Button>
      </form>
    </IfAllowed>
  )
}
