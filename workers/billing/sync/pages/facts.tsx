import type { Child } from 'hono/jsx'
import { Age, Count, type Description, DescriptionList, Figure } from '../../../../shared/ui/parts.tsx'
import type { SyncView } from './sync-view.ts'

const REPAIRS = { owed: 'Begins with the next pull', reading: 'In progress' } as const

/** Where billing stands against ordering, figure by figure. */
export function SyncFacts({ view: { report, now } }: { view: SyncView }) {
  const { token, lastSuccessAt, lagSeconds, agreedUpTo, agreedAt, waiting, oldestWaitingAt, behind, repair } = report
  const entries: Description[] = [
    { term: 'Last success', description: lastSuccessAt === null ? 'Never' : <Age at={lastSuccessAt} now={now} /> },
    { term: 'Lag', description: lagSeconds === null ? 'Unknown' : <Seconds of={lagSeconds} /> },
    {
      term: 'Waiting to be read',
      description: behind === null ? whyNotKnown(waiting) : <Count value={behind} one="change" many="changes" />,
    },
    {
      term: 'To be numbered',
      description:
        waiting === null ? (
          whyNotKnown(waiting)
        ) : (
          <>
            <Count value={waiting} one="order" many="orders" />
            {oldestWaitingAt !== null && (
              <>
                , the oldest since <Age at={oldestWaitingAt} now={now} />
              </>
            )}
          </>
        ),
    },
    {
      term: 'Last agreed',
      description:
        agreedUpTo === null || agreedAt === null ? (
          'Not compared yet'
        ) : (
          <>
            Up to sequence number {agreedUpTo}, <Age at={agreedAt} now={now} />
          </>
        ),
    },
    {
      term: 'Token',
      description: token === null ? 'None: the next run starts from the beginning' : <code>{token}</code>,
    },
    { term: 'Repair', description: repair === null ? null : REPAIRS[repair] },
  ]
  return <DescriptionList entries={entries} />
}

/** Both figures come with one answer; what is to be read is counted within one history alone. */
function whyNotKnown(waiting: number | null): string {
  return waiting === null ? 'Unknown: ordering does not answer' : 'Unknown: ordering’s feed is in another epoch'
}

function Seconds({ of }: { of: number }): Child {
  return (
    <>
      <Figure value={of} /> {of === 1 ? 'second' : 'seconds'}
    </>
  )
}
