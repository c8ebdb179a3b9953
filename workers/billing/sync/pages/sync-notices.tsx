import { isAhead } from '../../../../shared/time/instant.ts'
import { Age, Count, Notice, StoredText, type Tone } from '../../../../shared/ui/parts.tsx'
import type { SyncRefusal } from '../refusal.ts'
import { judgeStanding, type StillToRead, type SyncStanding } from '../standing.ts'
import type { SyncView } from './sync-view.ts'

/** What is said of one request, above how billing stands. */
export type SyncNotice =
  | { kind: 'refused'; act: string; refusal: SyncRefusal }
  | { kind: 'tried'; subject: string }
  | { kind: 'restored' }

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
        <Notice tone="success" title="No longer in quarantine">
          <p>It has been read, or ordering no longer has it.</p>
        </Notice>
      ) : (
        <Notice tone="warning" title="It still cannot be read">
          <p>
            <StoredText>{waiting.error}</StoredText>
          </p>
        </Notice>
      )
    }
    case 'restored':
      return (
        <Notice title="Ordering restored the orders that it could">
          <p>They arrive with the next pull, and their copies are no longer orphaned then.</p>
        </Notice>
      )
  }
}

/** How billing stands in one sentence, what is known of it, and what has to be looked at, where something has. */
export function StandingNotice({ view }: { view: SyncView }) {
  const { health, lastRun, lastSuccessAt } = view.report
  const { state, toRead } = judgeStanding(view.report)
  return (
    <Notice {...STANDINGS[state]}>
      {health.length > 0 && (
        <ul>
          {health.map((reason) => (
            <li>{reason}.</li>
          ))}
        </ul>
      )}
      {lastRun !== null && lastRun.error !== null && (
        <p>{lastRun.error}. The next run continues from the token that was stored last.</p>
      )}
      {lastRun === null && <p>A pull runs every minute.</p>}
      <p>
        <ToRead toRead={toRead} />{' '}
        {lastSuccessAt !== null && (
          <>
            The last successful pull ended <Age at={lastSuccessAt} now={view.now} />
            {lastRun?.outcome === 'running' ? ', and one is running' : ''}.{' '}
          </>
        )}
        <AgreedUpTo view={view} />
      </p>
    </Notice>
  )
}

const STANDINGS = {
  degraded: { tone: 'warning', title: 'Sync needs attention' },
  never_run: { tone: 'info', title: 'No pull has run yet' },
  never_succeeded: { tone: 'info', title: 'No pull has succeeded yet' },
  not_known: { tone: 'warning', title: 'Whether billing is in sync with ordering is unknown' },
  behind: { tone: 'info', title: 'Billing has changes to read' },
  in_step: { tone: 'success', title: 'Billing is in sync with ordering' },
} as const satisfies Record<SyncStanding['state'], { tone: Tone; title: string }>

function ToRead({ toRead }: { toRead: StillToRead }) {
  switch (toRead) {
    case 'no_answer':
      return <>Ordering does not answer, so it is unknown what is waiting to be read.</>
    case 'other_history':
      return <>Ordering’s feed is in another epoch than the one billing has read. The next pull learns of it.</>
    case 0:
      return <>There is nothing to read.</>
    default:
      return (
        <>
          <Count value={toRead} one="change is" many="changes are" /> waiting to be read.
        </>
      )
  }
}

function AgreedUpTo({ view }: { view: SyncView }) {
  const { agreedUpTo, agreedAt } = view.report
  if (agreedUpTo === null || agreedAt === null) return <>The two sides have not been compared yet.</>
  return (
    <>
      Both sides agreed up to sequence number {agreedUpTo} <Age at={agreedAt} now={view.now} />.
    </>
  )
}

/** A reset that no pull has followed yet, which is why the next one does more than usual. */
export function ResetNotice({ view }: { view: SyncView }) {
  const [reset] = view.history.resets
  const { lastSuccessAt } = view.report
  if (reset === undefined || isAhead(reset.at, view.now)) return null
  if (lastSuccessAt !== null && !isAhead(lastSuccessAt, view.now) && reset.at <= lastSuccessAt) return null
  return (
    <Notice title="The token was reset">
      <p>
        By <StoredText>{reset.resetBy}</StoredText>, <Age at={reset.at} now={view.now} />. The next pull reads the feed
        from there; what billing already has is kept.
      </p>
    </Notice>
  )
}
