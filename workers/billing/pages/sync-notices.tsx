import { Age, Notice } from '../../../shared/ui.tsx'
import type { SyncRefusal } from '../sync-refusal.ts'
import type { SyncView } from './sync-view.ts'

/** What is said of one request, above how billing stands. */
export type SyncNotice =
  | { kind: 'refused'; act: string; refusal: SyncRefusal }
  | { kind: 'tried'; subject: string }
  | { kind: 'returned' }

/** Tells what became of what was asked for. */
export function RequestNotice({ notice, view }: { notice: SyncNotice; view: SyncView }) {
  switch (notice.kind) {
    case 'refused':
      return (
        <Notice tone="error" title={notice.act}>
          <p>{notice.refusal.detail}.</p>
        </Notice>
      )
    case 'tried': {
      // What stands in the address may be anybody's: only what is still there is told of.
      const waiting = view.report.quarantined.find(({ subject }) => subject === notice.subject)
      return waiting === undefined ? (
        <Notice tone="success" title="It waits no longer">
          <p>It was read, or is no longer there to be read.</p>
        </Notice>
      ) : (
        <Notice tone="warning" title="It still cannot be read">
          <p>{waiting.error}</p>
        </Notice>
      )
    }
    case 'returned':
      return (
        <Notice title="Ordering takes back the orders that it has room for">
          <p>They come again with the next pull, and their copies heal then.</p>
        </Notice>
      )
  }
}

/** The state in one sentence; what has to be looked at, where something has. */
export function StandingNotice({ view }: { view: SyncView }) {
  const { lastRun, lastSuccessAt, health } = view.report
  if (health.length > 0) return <DegradedNotice view={view} />
  if (lastRun === null) return <Notice title="No pull has run yet">The first one comes within a minute.</Notice>
  if (lastSuccessAt === null) return <Notice title="No pull has succeeded yet" />
  return (
    <Notice tone="success" title="Billing is in step with ordering">
      <p>
        <AgreedUpTo view={view} /> The last pull succeeded <Age at={lastSuccessAt} now={view.now} />
        {lastRun.outcome === 'running' ? ', and one is running' : ''}.
      </p>
    </Notice>
  )
}

function DegradedNotice({ view }: { view: SyncView }) {
  const { health, lastRun } = view.report
  return (
    <Notice tone="warning" title="Billing needs a look">
      <ul>
        {health.map((reason) => (
          <li>{reason}.</li>
        ))}
      </ul>
      {lastRun !== null && lastRun.error !== null && (
        <p>{lastRun.error}. The next run goes on from the token that stays.</p>
      )}
      <p>
        <AgreedUpTo view={view} />
      </p>
    </Notice>
  )
}

function AgreedUpTo({ view }: { view: SyncView }) {
  const { agreedUpTo, agreedAt } = view.report
  if (agreedUpTo === null || agreedAt === null) return <>Both sides were not compared yet.</>
  return (
    <>
      Both agreed up to number {agreedUpTo} of the feed <Age at={agreedAt} now={view.now} />.
    </>
  )
}

/** A reset that no pull has followed yet, which is why the next one does more than usual. */
export function ResetNotice({ view }: { view: SyncView }) {
  const [reset] = view.history.resets
  const { lastSuccessAt } = view.report
  if (reset === undefined || (lastSuccessAt !== null && reset.at <= lastSuccessAt)) return null
  return (
    <Notice title="The token was reset">
      <p>
        By {reset.resetBy}, <Age at={reset.at} now={view.now} />. The next pull reads the feed from there; what billing
        has already stays as it is.
      </p>
    </Notice>
  )
}
