import {
  Age,
  Button,
  ButtonLink,
  ButtonRow,
  type Column,
  DataTable,
  DescriptionList,
  Figure,
  Notice,
  PageHeader,
  Panel,
  Select,
} from '../../../../shared/ui/parts.tsx'
import type { ResetPreview } from '../reset.ts'
import type { KeptReset } from '../reset-store.ts'
import type { EarlierToken } from '../history-store.ts'
import { BillingPage, type Frame, IfAllowed } from '../../edge/frame.tsx'
import type { SyncView } from './sync-view.ts'

/** Where a reset leads to: a preview first. The empty token is the feed's start. */
function resetPath(token: string | null): string {
  return `/sync/reset?${new URLSearchParams({ token: token ?? '' }).toString()}`
}

/** Chooses where the pull is to read from again, and lists the resets that were done. */
export function Resets({ view: { history, now } }: { view: SyncView }) {
  const options = [{ value: '', label: 'The start of the feed' }, ...history.tokens.map(optionOf)]
  return (
    <Panel title="Read the feed again">
      <p class="prose">
        The next pulls read it from the place that is chosen. Nothing is made twice, and no older content replaces a
        newer one.
      </p>
      <IfAllowed right="operate">
        <form method="get" action="/sync/reset">
          <Select name="token" label="From" value="" options={options} width="medium" />
          <ButtonRow>
            <Button>Preview the reset</Button>
          </ButtonRow>
        </form>
      </IfAllowed>
      {history.resets.length > 0 && <DataTable caption="Resets" columns={columnsOf(now)} rows={history.resets} />}
    </Panel>
  )
}

function optionOf({ token, at }: EarlierToken) {
  return { value: token, label: `${token}, reached ${at.slice(0, 16).replace('T', ' ')} UTC` }
}

function columnsOf(now: string): Column<KeptReset>[] {
  return [
    { label: 'When', cell: ({ at }) => <Age at={at} now={now} /> },
    { label: 'By', cell: ({ resetBy }) => resetBy },
    { label: 'From', cell: ({ tokenBefore }) => <Token token={tokenBefore} /> },
    { label: 'To', cell: ({ tokenAfter }) => <Token token={tokenAfter} /> },
    {
      label: 'Act',
      labelHidden: true,
      cell: ({ tokenBefore, mayBeTakenBack }) =>
        mayBeTakenBack ? <TakeBack token={tokenBefore} /> : 'Of an earlier history',
    },
  ]
}

function TakeBack({ token }: { token: string | null }) {
  return (
    <IfAllowed right="operate">
      <ButtonLink href={resetPath(token)}>Take back</ButtonLink>
    </IfAllowed>
  )
}

function Token({ token }: { token: string | null }) {
  return token === null ? <>The start</> : <code>{token}</code>
}

/** What a reset would bring; nothing was done yet. */
export function ResetPage({ frame, preview }: { frame: Frame; preview: ResetPreview }) {
  const { token, tokenBefore, complete, created, changed, removed, unchanged, quarantined } = preview
  return (
    <BillingPage frame={frame} title="Reset the token" current="sync" scripts={['/send-once.js']}>
      <PageHeader title="Reset the token" back={{ href: '/sync', label: 'Sync' }}>
        A preview: nothing has been changed yet.
      </PageHeader>
      <Panel title="What the next pulls would do">
        <DescriptionList
          entries={[
            { term: 'The token now', description: <Token token={tokenBefore} /> },
            { term: 'After the reset', description: <Token token={token} /> },
            { term: 'New', description: <Figure value={created} /> },
            { term: 'Changed', description: <Figure value={changed} /> },
            { term: 'Removed', description: <Figure value={removed} /> },
            { term: 'Left alone', description: <Figure value={unchanged} /> },
            { term: 'Not readable', description: <Figure value={quarantined} /> },
          ]}
        />
        {!complete && (
          <Notice title="There is more than was counted">
            <p>The feed goes on; only its first pages from there were looked at.</p>
          </Notice>
        )}
        <form method="post" action="/sync/reset" data-send-once>
          <input type="hidden" name="token" value={token ?? ''} />
          <p class="hint">It is kept who reset the token and when, and the reset can be taken back.</p>
          <ButtonRow>
            <Button variant="primary">Reset the token</Button>
            <ButtonLink href="/sync">Leave it</ButtonLink>
          </ButtonRow>
        </form>
      </Panel>
    </BillingPage>
  )
}
