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
import type { RestoreAnswer } from '../answers.ts'

/** The orders that only billing still has, by name. */
export function Orphans({ numbers }: { numbers: readonly number[] }) {
  if (numbers.length === 0) return null
  return (
    <Panel title="Orders that ordering no longer has">
      <p class="prose">
        This happens after its database is restored to a time before them. Their copies remain here; their invoices
        cannot be decided until the orders are restored.
      </p>
      <OrderLinks numbers={numbers} />
      <IfAllowed right="operate">
        <ButtonRow>
          <ButtonLink href="/sync/orphans">Preview restoring them</ButtonLink>
        </ButtonRow>
      </IfAllowed>
    </Panel>
  )
}

const REFUSALS: Readonly<Record<string, string>> = {
  number_taken: 'Ordering already has an order with this number. If it has been restored, the next pull reads it.',
  external_id_taken: 'Another order in ordering now has its external ID.',
  unreadable: 'Its copy in billing cannot be read as an order: it was changed by SQL. Correct the copy first.',
  refused: 'Ordering’s database refused it. Try again; if it persists, ordering’s log says why.',
}

/** What giving the orders back would do; nothing was done yet. */
export function OrphansPage({ frame, preview }: { frame: Frame; preview: RestoreAnswer }) {
  const { restored, refused } = preview
  return (
    <BillingPage frame={frame} title="Restore orders" current="sync" scripts={['/send-once.js']}>
      <PageHeader title="Restore orders" back={{ href: '/sync', label: 'Sync' }}>
        A preview: nothing has been changed yet.
      </PageHeader>
      {restored.length === 0 && refused.length === 0 && (
        <EmptyState title="There is nothing to restore">Ordering has every order that billing has.</EmptyState>
      )}
      {restored.length > 0 && (
        <Panel title={restored.length === 1 ? '1 order can be restored' : `${restored.length} orders can be restored`}>
          <p class="prose">
            Whole and under their own numbers. They arrive with the next pull, and their copies are no longer orphaned
            then.
          </p>
          <OrderLinks numbers={restored} />
          <form method="post" action="/sync/orphans/restore" data-send-once>
            <ButtonRow>
              <Button variant="primary">Restore in ordering</Button>
              <ButtonLink href="/sync">Cancel</ButtonLink>
            </ButtonRow>
          </form>
        </Panel>
      )}
      {refused.length > 0 && (
        <Panel title="These cannot be restored">
          <DataTable
            caption="Orders that cannot be restored"
            columns={[
              { label: 'Order', cell: ({ number }) => <a href={orderPath(number)}>{number}</a> },
              { label: 'Why', cell: ({ reason }) => REFUSALS[reason] ?? reason },
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
