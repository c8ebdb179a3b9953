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
import type { EarlierToken } from '../../../../shared/handover/consumer/operator/report-store.ts'
import type { ResetPreview } from '../../../../shared/handover/consumer/operator/reset.ts'
import type { KeptReset } from '../../../../shared/handover/consumer/operator/reset-store.ts'
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
        The next pulls read it from the place you choose. Nothing is created twice, and older content never replaces
        newer content.
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
      label: 'Action',
      labelHidden: true,
      cell: ({ tokenBefore, mayBeTakenBack }) =>
        mayBeTakenBack ? <TakeBack token={tokenBefore} /> : 'Of an earlier epoch',
    },
  ]
}

function TakeBack({ token }: { token: string | null }) {
  return (
    <IfAllowed right="operate">
      <ButtonLink href={resetPath(token)}>Undo</ButtonLink>
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
            { term: 'Current token', description: <Token token={tokenBefore} /> },
            { term: 'After the reset', description: <Token token={token} /> },
            { term: 'New', description: <Figure value={created} /> },
            { term: 'Changed', description: <Figure value={changed} /> },
            { term: 'Removed', description: <Figure value={removed} /> },
            { term: 'Unchanged', description: <Figure value={unchanged} /> },
            { term: 'Unreadable', description: <Figure value={quarantined} /> },
          ]}
        />
        {!complete && (
          <Notice title="There is more than was counted">
            <p>The feed continues; only its first batches from there were counted.</p>
          </Notice>
        )}
        <form method="post" action="/sync/reset" data-send-once>
          <input type="hidden" name="token" value={token ?? ''} />
          <p class="hint">Who reset the token and when is recorded, and the reset can be undone.</p>
          <ButtonRow>
            <Button variant="primary">Reset the token</Button>
            <ButtonLink href="/sync">Cancel</ButtonLink>
          </ButtonRow>
        </form>
      </Panel>
    </BillingPage>
  )
}
