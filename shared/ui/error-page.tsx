import type { Child } from 'hono/jsx'
import { Button, ButtonLink, ButtonRow } from './buttons.tsx'
import { type FrameProps, Layout } from './layout.tsx'
import type { SentForm } from '../edge/write-limit.ts'

const RETRY_SECONDS = 10

type ErrorPageProps = FrameProps & {
  status: number
  /** What happened, as the heading. */
  title: string
  /** What became of the reader's work, and what can be done now. */
  children: Child
  /** What the operator finds the request by in the log. */
  requestId?: string | undefined
  /** Where to try again; the page then does so automatically, too. */
  retryPath?: string | undefined
  /** What was sent and not done: a button sends it again, as it was typed. */
  again?: SentForm | undefined
  /** Ways on that this page adds to the common ones. */
  actions?: Child
}

/** A page that says what went wrong. It needs no data, so it can be answered while the database is away. */
export function ErrorPage({ status, title, children, requestId, retryPath, again, actions, ...frame }: ErrorPageProps) {
  const retries = retryPath !== undefined
  return (
    <Layout
      {...frame}
      title={title}
      scripts={retries ? ['/try-again.js'] : again === undefined ? [] : ['/send-once.js']}
      refresh={retries ? { seconds: RETRY_SECONDS, path: retryPath } : undefined}
    >
      <div class="error-page">
        <p class="error-status">{status}</p>
        <h1>{title}</h1>
        <div class="prose">{typeof children === 'string' ? <p>{children}</p> : children}</div>
        {retries && (
          <p class="muted" role="status" data-try-again={retryPath} data-every-seconds={RETRY_SECONDS}>
            This page tries again automatically every {RETRY_SECONDS} seconds.
          </p>
        )}
        <ButtonRow>
          {retries && (
            <ButtonLink href={retryPath} variant="primary">
              Try again
            </ButtonLink>
          )}
          {again !== undefined && <SendAgain form={again} />}
          {actions}
          <ButtonLink href="/">Go to the start page</ButtonLink>
        </ButtonRow>
        {requestId !== undefined && (
          <p class="muted error-request">
            {status >= 500 ? 'If it persists, give' : 'If you think this is wrong, give'} the operator this request ID:{' '}
            <code>{requestId}</code>
          </p>
        )}
      </div>
    </Layout>
  )
}

function SendAgain({ form: { path, fields } }: { form: SentForm }) {
  return (
    <form method="post" action={path} data-send-once>
      {fields.map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <Button variant="primary">Send it again</Button>
    </form>
  )
}
