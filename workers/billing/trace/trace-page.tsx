import type { Child } from 'hono/jsx'
import { orderPath } from '../../../shared/contract/links.ts'
import {
  ButtonLink,
  EmptyState,
  Notice,
  PageHeader,
  Panel,
  StoredParagraphs,
  Timeline,
  type TimelineEntry,
  type Tone,
} from '../../../shared/ui/parts.tsx'
import type { Trace, TraceRefusal, TraceStep } from './trace.ts'
import type { Place } from './place.ts'
import { BillingPage, type Frame } from '../edge/frame.tsx'
import { TraceForm } from './search-form.tsx'

const TITLE = 'Where is my order?'

type TracePageProps = {
  frame: Frame
  /** What was typed; undefined before anything was. */
  asked?: string | undefined
  /** Why what was typed cannot be looked for. */
  error?: string | undefined
  children?: Child
}

/** Asks which order; what was found stands below. */
export function TracePage({ frame, asked, error, children }: TracePageProps) {
  return (
    <BillingPage frame={frame} title={TITLE} current="trace">
      <PageHeader title={TITLE}>An order’s path through both apps, and what is holding it up, if anything.</PageHeader>
      <TraceForm asked={asked} error={error} focused={asked === undefined || error !== undefined} />
      {children}
    </BillingPage>
  )
}

/** Nothing is known of a confirmed order of this number; where ordering was silent, that is all that can be said. */
export function NoTrace({ frame, number, refusal }: { frame: Frame; number: number; refusal: TraceRefusal }) {
  const action = <ButtonLink href={frame.otherOrigin + orderPath(number)}>Look for it in ordering</ButtonLink>
  switch (refusal.reason) {
    case 'unknown':
      return (
        <EmptyState title={`There is no confirmed order ${number}`} action={action}>
          Neither app knows of it. A draft exists only in ordering until it is confirmed.
        </EmptyState>
      )
    case 'no_answer':
      return (
        <EmptyState title={`Nothing is known about order ${number} yet`} action={action}>
          Billing does not have it, and ordering does not answer, so it is unknown whether there is such an order. If
          you have confirmed it, it is stored in ordering, and billing gets it once ordering answers.
        </EmptyState>
      )
  }
}

/** The order's way, step by step, and whether it is stuck. */
export function TraceResult({ frame, trace }: { frame: Frame; trace: Trace }) {
  const { number, steps, stuck, notKnown } = trace
  return (
    <>
      <TraceNotice trace={trace} />
      <Panel title={`Trace of order ${number}`}>
        {steps.length === 0 ? <p>No steps are known yet.</p> : <Timeline entries={steps.map(entryOf)} />}
        <p class="button-row">
          <a href={frame.otherOrigin + orderPath(number)}>Open it in ordering</a>
          {isInBilling(trace) && <a href={orderPath(number)}>Billing’s copy</a>}
          {isInBilling(trace) && <a href={`/invoices?order=${number}`}>Invoice</a>}
          {(stuck ?? notKnown) !== null && <a href="/sync">See the sync page</a>}
        </p>
      </Panel>
    </>
  )
}

function TraceNotice({ trace }: { trace: Trace }) {
  const { headline, place, changedSince, stuck, notKnown } = trace
  const tone = changedSince || stuck !== null || notKnown !== null ? 'warning' : TONES[place]
  return (
    <Notice tone={tone} title={headline}>
      {stuck !== null && <p>{stuck.why}.</p>}
      {notKnown !== null && <p>{notKnown}.</p>}
    </Notice>
  )
}

const TONES = {
  ordering: 'info',
  late: 'warning',
  deleted: 'info',
  quarantine: 'warning',
  orphaned: 'warning',
  to_approve: 'info',
  rejected: 'warning',
  approved: 'success',
  partly_credited: 'success',
  credited: 'info',
  cancelled: 'info',
  unknown: 'warning',
} as const satisfies Record<Place, Tone>

function isInBilling({ steps }: Trace): boolean {
  return steps.some(({ step }) => step === 'pulled' || step === 'linked')
}

const STEPS = {
  entered: { title: 'Entered', tone: 'neutral' },
  confirmed: { title: 'Confirmed', tone: 'neutral' },
  changed: { title: 'Changed', tone: 'neutral' },
  numbered: { title: 'Numbered for the feed', tone: 'neutral' },
  pulled: { title: 'Pulled', tone: 'info' },
  linked: { title: 'Fetched on request', tone: 'info' },
  quarantined: { title: 'Quarantined: it cannot be read', tone: 'warning' },
  invoiced: { title: 'Invoice created', tone: 'info' },
  approved: { title: 'Invoice approved', tone: 'success' },
  rejected: { title: 'Invoice rejected', tone: 'error' },
  credited: { title: 'Credit note issued', tone: 'warning' },
  reissued: { title: 'Reissued', tone: 'info' },
  cancelled: { title: 'Invoice cancelled', tone: 'neutral' },
  notified: { title: 'Notice from billing', tone: 'neutral' },
} as const satisfies Record<TraceStep['step'], { title: string; tone: Tone }>

const APPS = { ordering: 'Ordering', billing: 'Billing' } as const

function entryOf({ app, step, at, detail, reason, runId }: TraceStep): TimelineEntry {
  const { title, tone } = STEPS[step]
  return {
    at,
    title: `${APPS[app]}: ${title}`,
    tone,
    children: (
      <>
        <p>{detail}</p>
        {reason !== undefined && <StoredParagraphs>{reason}</StoredParagraphs>}
        {runId !== undefined && (
          <p class="muted">
            Run <code>{runId}</code>
          </p>
        )}
      </>
    ),
  }
}
