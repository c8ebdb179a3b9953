import type { Order } from '../../../../shared/contract/order.ts'
import { orderPath } from '../../../../shared/contract/links.ts'
import {
  Button,
  ButtonLink,
  DataTable,
  Moment,
  Notice,
  PageHeader,
  Panel,
  StoredText,
} from '../../../../shared/ui/parts.tsx'
import type { Approval } from '../../entry/approval.ts'
import type { Difference } from '../conflict.ts'
import { writeStep } from '../step.ts'
import type { OrderFormView } from '../view.ts'
import { partLabel } from '../../orders/field-labels.ts'
import { type Frame, OrderingPage } from '../../edge/frame.tsx'
import { OrderFormFields } from './order-form.tsx'

const SCRIPTS = ['/order-form.js', '/order-draft.js', '/send-once.js', '/primary-key.js']

type NewOrderPageProps = {
  frame: Frame
  view: OrderFormView
  /** By which a form that is sent twice makes one order. */
  idempotencyKey: string
  /** Whether the form was sent and comes back. */
  unsaved: boolean
  /** Why it comes back: it was saved before with something else in it, or the database does not answer. */
  because?: 'saved_before' | 'unavailable' | undefined
}

/** The form for a new order. */
export function NewOrderPage({ frame, view, idempotencyKey, unsaved, because }: NewOrderPageProps) {
  return (
    <OrderingPage frame={frame} title={titleOf('New order', view)} current="new-order" scripts={SCRIPTS}>
      <PageHeader title="New order" back={{ href: '/orders', label: 'Orders' }} />
      {because === 'unavailable' && <UnavailableNotice frame={frame} />}
      {because === 'saved_before' && (
        <Notice tone="warning" title="This form has already been saved as an order">
          <p>
            To change that order, find it in <a href="/orders">the list</a> and amend it. Saving here again creates a
            second order.
          </p>
        </Notice>
      )}
      <OrderFormFields
        view={view}
        action="/orders"
        cancel="/orders"
        hidden={{ idempotencyKey }}
        draft={{ name: 'new', user: frame.user ?? '' }}
        unsaved={unsaved}
        placedAtHint="If empty, today."
      />
    </OrderingPage>
  )
}

/** Somebody saved the order while this form was filled in. */
export type Conflict = { saved: Order; differences: Difference[] }

type AmendOrderPageProps = {
  frame: Frame
  number: number
  view: OrderFormView
  /** The revision that the person has seen, and so may replace. */
  seenRevision: number
  /** Given where billing has approved an invoice for the order: amending does not change that. */
  approval?: Approval | undefined
  conflict?: Conflict | undefined
  /** Whether the form was sent and comes back. */
  unsaved: boolean
  /** The database does not answer, so that nothing was saved and nothing but the form is known. */
  unavailable?: boolean
}

/** The form for amending an order, with what somebody else saved meanwhile where that is so. */
export function AmendOrderPage(props: AmendOrderPageProps) {
  const { frame, number, view, seenRevision, approval, conflict, unsaved, unavailable = false } = props
  const title = `Amend order ${number}`
  const path = orderPath(number)
  const hidden = { seen: String(seenRevision), ...(conflict === undefined ? {} : { conflict: 'yes' }) }
  return (
    <OrderingPage frame={frame} title={titleOf(title, view)} current="orders" scripts={SCRIPTS}>
      <PageHeader title={title} back={{ href: path, label: `Order ${number}` }} />
      {unavailable && <UnavailableNotice frame={frame} />}
      {approval !== undefined && <ApprovedNotice approval={approval} />}
      <OrderFormFields
        view={view}
        action={`${path}/edit`}
        cancel={path}
        hidden={hidden}
        draft={{ name: `order ${number}`, user: frame.user ?? '' }}
        unsaved={unsaved}
        placedAtHint="If empty, unchanged."
      >
        {conflict !== undefined && <ConflictNotice conflict={conflict} path={path} />}
      </OrderFormFields>
    </OrderingPage>
  )
}

function UnavailableNotice({ frame: { requestId } }: { frame: Frame }) {
  return (
    <Notice tone="error" title="Ordering is unavailable">
      <p>Its database did not answer, so your changes may not have been saved. Everything you typed is still here.</p>
      <p>Save again in a few seconds. Saving twice does no harm.</p>
      <p class="error-request">
        If it persists, give the operator this request ID: <code>{requestId}</code>
      </p>
    </Notice>
  )
}

function ApprovedNotice({ approval: { invoiceNumber } }: { approval: Approval }) {
  return (
    <Notice tone="warning" title={`Invoice ${invoiceNumber} is approved`}>
      <p>
        It remains as it is, whatever you change here. Once you save, billing has to issue a credit note and reissue the
        invoice.
      </p>
    </Notice>
  )
}

function ConflictNotice({ conflict: { saved, differences }, path }: { conflict: Conflict; path: string }) {
  return (
    <>
      <Notice tone="warning" title="Somebody else saved this order while you were editing it">
        <p>
          <StoredText>{saved.updatedBy}</StoredText> saved revision {saved.revision} at <Moment at={saved.updatedAt} />.
          What you typed is below and has not been saved yet. Take whatever you want to keep of theirs, then save: your
          version replaces theirs.
        </p>
        <p>
          <ButtonLink href={path}>Discard mine and show theirs</ButtonLink>
        </p>
      </Notice>
      {differences.length === 0 ? (
        <Notice>Your version now says the same as theirs.</Notice>
      ) : (
        <Panel title="Differences">
          <DifferencesTable differences={differences} />
        </Panel>
      )}
    </>
  )
}

function DifferencesTable({ differences }: { differences: Difference[] }) {
  return (
    <DataTable
      caption="Differences"
      rows={differences}
      columns={[
        { label: 'Field', cell: ({ part }) => partLabel(part) },
        { label: 'Yours', cell: ({ yours }) => shown(yours) },
        { label: 'Theirs', cell: ({ theirs }) => shown(theirs) },
        {
          label: 'Choice',
          labelHidden: true,
          cell: ({ part }) => (
            <Button name="action" value={writeStep({ act: 'take', part })}>
              Take theirs<span class="visually-hidden"> for {partLabel(part)}</span>
            </Button>
          ),
        },
      ]}
    />
  )
}

function shown(text: string | null): string {
  return text === null || text === '' ? '–' : text
}

/** The tab says so too when a form came back refused. */
function titleOf(title: string, { errors }: OrderFormView): string {
  return errors.length === 0 ? title : `Error: ${title}`
}
