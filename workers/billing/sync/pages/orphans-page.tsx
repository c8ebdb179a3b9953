import type { RestoreOutcome } from '../../../../shared/contract/agreement.ts'
import { orderPath } from '../../../../shared/contract/links.ts'
import {
  Button,
  ButtonLink,
  ButtonRow,
  DataTable,
  EmptyState,
  PageHeader,
  Panel,
} from '../../../../shared/ui/parts.tsx'
import { BillingPage, type Frame, IfAllowed } from '../../edge/frame.tsx'

/** The orders that only billing still has, by name. */
export function Orphans({ numbers }: { numbers: readonly number[] }) {
  if (numbers.length === 0) return null
  return (
    <Panel title="Orders that ordering no longer has">
      <p class="prose">
        That is so after its database was restored to a moment before them. Their copies stay here; their invoices
        cannot be decided until the orders are back.
      </p>
      <OrderLinks numbers={numbers} />
      <IfAllowed right="operate">
        <ButtonRow>
          <ButtonLink href="/sync/orphans">Preview giving them back</ButtonLink>
        </ButtonRow>
      </IfAllowed>
    </Panel>
  )
}

const REFUSALS = {
  number_taken: 'Ordering has an order with this number. If it was given back, the next pull brings it.',
  external_id_taken: 'Another order in ordering has its external id by now.',
  unreadable: 'Its copy in billing cannot be read as an order: it was changed by SQL. Put the copy right first.',
  refused: 'Ordering’s database did not take it. Try again; if it stays so, ordering’s log says why.',
} as const satisfies Record<RestoreOutcome['refused'][number]['reason'], string>

/** What giving the orders back would do; nothing was done yet. */
export function OrphansPage({ frame, preview }: { frame: Frame; preview: RestoreOutcome }) {
  const { restored, refused } = preview
  return (
    <BillingPage frame={frame} title="Give orders back" current="sync" scripts={['/send-once.js']}>
      <PageHeader title="Give orders back" back={{ href: '/sync', label: 'Sync' }}>
        A preview: nothing has been changed yet.
      </PageHeader>
      {restored.length === 0 && refused.length === 0 && (
        <EmptyState title="There is nothing to give back">Ordering has every order that billing has.</EmptyState>
      )}
      {restored.length > 0 && (
        <Panel title={restored.length === 1 ? '1 order goes back' : `${restored.length} orders go back`}>
          <p class="prose">
            Whole and under their own numbers. They come again with the next pull, and their copies heal then.
          </p>
          <OrderLinks numbers={restored} />
          <form method="post" action="/sync/orphans/restore" data-send-once>
            <ButtonRow>
              <Button variant="primary">Give back to ordering</Button>
              <ButtonLink href="/sync">Leave them</ButtonLink>
            </ButtonRow>
          </form>
        </Panel>
      )}
      {refused.length > 0 && (
        <Panel title="Ordering does not take these">
          <DataTable
            caption="Orders that ordering does not take"
            columns={[
              { label: 'Order', cell: ({ number }) => <a href={orderPath(number)}>{number}</a> },
              { label: 'Why', cell: ({ reason }) => REFUSALS[reason] },
            ]}
            rows={refused}
          />
        </Panel>
      )}
    </BillingPage>
  )
}

function OrderLinks({ numbers }: { numbers: readonly number[] }) {
  return (
    <p class="button-row">
      {numbers.map((number) => (
        <a href={orderPath(number)}>Order {number}</a>
      ))}
    </p>
  )
}
