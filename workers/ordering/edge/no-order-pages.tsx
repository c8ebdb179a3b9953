import { ErrorPage } from '../../../shared/ui/error-page.tsx'
import { orderPath } from '../../../shared/contract/links.ts'
import { ButtonLink } from '../../../shared/ui/parts.tsx'
import { type Frame, frameProps } from './frame.tsx'

/** There never was an order with this number. */
export function NoSuchOrderPage({ frame }: { frame: Frame }) {
  return (
    <ErrorPage
      {...frameProps(frame, 'orders')}
      status={404}
      requestId={frame.requestId}
      title="There is no such order"
      actions={<ButtonLink href="/orders">Find it in the list</ButtonLink>}
    >
      No order has the number in this address. Check the number, or search the list for its customer.
    </ErrorPage>
  )
}

/** The order was deleted; nothing of it is shown. */
export function DeletedOrderPage({ frame, number }: { frame: Frame; number: number }) {
  return (
    <ErrorPage
      {...frameProps(frame, 'orders')}
      status={410}
      requestId={frame.requestId}
      title={`Order ${number} was deleted`}
      actions={<ButtonLink href="/orders">See all orders</ButtonLink>}
    >
      It remains on record under its number but can no longer be viewed or changed. If it was deleted by mistake, enter
      it again as a new order.
    </ErrorPage>
  )
}

/** A clerk asked to delete what is not theirs to delete. */
export function NotOwnDraftPage({ frame, number }: { frame: Frame; number: number }) {
  return (
    <ErrorPage
      {...frameProps(frame, 'orders')}
      status={403}
      requestId={frame.requestId}
      title="Clerks can delete only their own drafts"
      actions={<ButtonLink href={orderPath(number)}>Back to order {number}</ButtonLink>}
    >
      Somebody else entered this order, or it has already been confirmed. Nothing was changed. An ordering manager can
      delete it.
    </ErrorPage>
  )
}
