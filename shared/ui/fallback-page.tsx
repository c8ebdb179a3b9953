import type { ShownProblem } from '../edge/edge.ts'
import { PROBLEMS } from '../edge/problem.ts'
import { ButtonLink } from './buttons.tsx'
import { ErrorPage } from './error-page.tsx'
import type { FrameProps } from './layout.tsx'

/** A relative address of nothing is the page's own. */
const SAME_PAGE = ''

/** What an app says of the reader's work when no page answered them. */
export type FallbackWords = {
  /** The app, as it begins a sentence. */
  name: string
  /** Its database does not answer: what became of what was done, and of what was done last. */
  unavailable: string
  /** The request was refused. */
  nothingDone: string
  /** The request failed, perhaps after it had done what it should. */
  perhapsDone: string
}

/** What people are told when no page answered them. */
export function FallbackPage({
  problem,
  words,
  ...frame
}: FrameProps & { problem: ShownProblem; words: FallbackWords }) {
  const { name, detail, requestId, again } = problem
  const { status, title, help } = PROBLEMS[name]
  if (name === 'unavailable') {
    return (
      <ErrorPage
        {...frame}
        status={status}
        title={`${words.name} is unavailable`}
        requestId={requestId}
        retryPath={SAME_PAGE}
      >
        {words.unavailable}
      </ErrorPage>
    )
  }
  return (
    <ErrorPage
      {...frame}
      status={status}
      title={title}
      requestId={requestId}
      again={again}
      actions={name === 'not-allowed' && <ButtonLink href="/me">See your roles</ButtonLink>}
    >
      <p>{help}</p>
      <p>{status < 500 ? words.nothingDone : words.perhapsDone}</p>
      <p class="muted">{detail}</p>
    </ErrorPage>
  )
}
