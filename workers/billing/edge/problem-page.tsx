import { ErrorPage } from '../../../shared/ui/error-page.tsx'
import { PROBLEMS } from '../../../shared/edge/problem.ts'
import { ButtonLink } from '../../../shared/ui/parts.tsx'
import type { ShownProblem } from '../../../shared/edge/edge.ts'
import { type Frame, frameProps } from './frame.tsx'

/** A relative address of nothing is the page's own. */
const SAME_PAGE = ''

/** What people are told when no page answered them. */
export function BillingProblemPage({ frame, problem }: { frame: Frame; problem: ShownProblem }) {
  const { name, detail, requestId, again } = problem
  const { status, title, help } = PROBLEMS[name]
  if (name === 'unavailable') {
    return (
      <ErrorPage
        {...frameProps(frame)}
        status={status}
        title="Billing is unavailable"
        requestId={requestId}
        retryPath={SAME_PAGE}
      >
        Billing’s database does not answer, or did not do what it was asked. What was stored before stays stored, and
        orders that are confirmed wait in ordering until billing reads them. Whether the last thing you decided was
        stored shows at its invoice, once it answers again.
      </ErrorPage>
    )
  }
  return (
    <ErrorPage
      {...frameProps(frame)}
      status={status}
      title={title}
      requestId={requestId}
      again={again}
      actions={name === 'not-allowed' && <ButtonLink href="/me">See your roles</ButtonLink>}
    >
      <p>{help}</p>
      <p>{whatBecameOfWork(status)}</p>
      <p class="muted">{detail}</p>
    </ErrorPage>
  )
}

function whatBecameOfWork(status: number): string {
  if (status < 500) return 'Nothing was decided or changed.'
  return 'What was stored before stays stored. Whether the last thing you decided was stored shows at its invoice.'
}
