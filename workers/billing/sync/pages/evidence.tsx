import { orderPath } from '../../../../shared/contract/links.ts'
import { Age, type Column, DataTable, Panel, StoredText } from '../../../../shared/ui/parts.tsx'
import type { Epoch, Repair } from '../../../../shared/handover/consumer/operator/report-store.ts'
import { type FieldChange, listChanges } from '../../copies/field-changes.ts'
import type { SyncView } from './sync-view.ts'

/** What repairs and comparisons changed, field by field, and the histories of the feed that billing knows. */
export function Evidence({ view: { history, now } }: { view: SyncView }) {
  return (
    <>
      {history.repairs.length > 0 && (
        <Panel title="Repairs">
          <p class="prose">Changes made because ordering was restored, or because a comparison found a difference.</p>
          <DataTable caption="Repairs" columns={repairColumns(now)} rows={history.repairs} />
        </Panel>
      )}
      {history.epochs.length > 0 && (
        <Panel title="Feed epochs">
          <p class="prose">
            A new epoch begins when ordering is restored from a backup; billing then reads the feed from the start.
          </p>
          <DataTable
            caption="Feed epochs"
            columns={epochColumns(now)}
            rows={history.epochs.map((epoch, index) => ({ ...epoch, current: index === 0 }))}
          />
        </Panel>
      )}
    </>
  )
}

const REASONS = { restored: 'Ordering was restored', drift: 'The copy differed' } as const

function repairColumns(now: string): Column<Repair>[] {
  return [
    { label: 'Order', cell: ({ key: number }) => <a href={orderPath(number)}>{number}</a> },
    { label: 'When', cell: ({ at }) => <Age at={at} now={now} /> },
    { label: 'Why', cell: ({ why }) => REASONS[why] },
    { label: 'What changed', cell: ({ before, after }) => <Changes before={before} after={after} /> },
  ]
}

/** The most fields that are named of one order: a whole other order has hundreds. */
const MOST_FIELDS = 12

function Changes({ before, after }: { before: unknown; after: unknown }) {
  if (before === null) return <>Billing had no copy</>
  const changes = listChanges(before, after)
  if (changes.length === 0) return <>Nothing in its content</>
  return (
    <ul class="cell-list">
      {changes.slice(0, MOST_FIELDS).map((change) => (
        <li>
          <Change {...change} />
        </li>
      ))}
      {changes.length > MOST_FIELDS && <li>and {changes.length - MOST_FIELDS} more</li>}
    </ul>
  )
}

function Change({ pointer, before, after }: FieldChange) {
  return (
    <>
      <code>{pointer}</code> <StoredText>{inWords(before)}</StoredText> → <StoredText>{inWords(after)}</StoredText>
    </>
  )
}

const MOST_CHARACTERS = 80

function inWords(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text
}

type KnownEpoch = Epoch & { current: boolean }

function epochColumns(now: string): Column<KnownEpoch>[] {
  return [
    { label: 'Epoch', cell: ({ epoch }) => <code>{epoch}</code> },
    { label: 'First seen', cell: ({ firstSeenAt }) => <Age at={firstSeenAt} now={now} /> },
    {
      label: 'Repaired',
      cell: ({ repairedAt }) => (repairedAt === null ? '—' : <Age at={repairedAt} now={now} />),
    },
    { label: 'State', cell: ({ current }) => (current ? 'Current' : 'Retired') },
  ]
}
