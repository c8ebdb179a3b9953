import { ErrorPage } from '../../../shared/ui/error-page.tsx'
import { PROBLEMS } from '../../../shared/edge/problem.ts'
import { ButtonLink } from '../../../shared/ui/parts.tsx'
import type { ShownProblem } from '../../../shared/edge/edge.ts'
import { type Frame, frameProps } from './frame.tsx'

/** A relative address of nothing is the page's own. */
const SAME_PAGE = ''

/** What people are told when no page answered them. */
export function OrderingProblemPage({ frame, problem }: { frame: Frame; problem: ShownProblem }) {
  const { name, detail, requestId, again } = problem
  const { status, title, help } = PROBLEMS[name]
  if (name === 'unavailable') {
    return (
      <ErrorPage
        {...frameProps(frame)}
        status={status}
        title="Ordering is unavailable"
        requestId={requestId}
        retryPath={SAME_PAGE}
      >
        Ordering’s database does not answer, or did not do what it was asked. What was saved before stays saved. Whether
        the last thing you did was saved shows in the list of orders, once it answers again.
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
  if (status < 500) return 'Nothing was saved or changed.'
  return 'What was saved before stays saved. Whether the last thing you did was saved shows at the order, or in the list of orders.'
}
