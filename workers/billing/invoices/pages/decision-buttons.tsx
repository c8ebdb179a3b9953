import { invoicePath } from '../../../../shared/contract/links.ts'
import { Button, ErrorSummary, KeyHint, Notice, Panel, TextArea } from '../../../../shared/ui/parts.tsx'
import type { Involvement } from '../../documents/four-eyes.ts'
import { writeContent } from '../../documents/invoice-content.ts'
import type { Invoice } from '../../documents/invoice.ts'

/** A rejection that was not done: the reason as it was typed, and what is wrong with it if anything is. */
export type RefusedRejection = { reason: string; error?: string | undefined }

type DecisionFormsProps = {
  invoice: Invoice
  seen: string
  /** What the reader did to the order, if somebody else must therefore approve. */
  involvement: Involvement | undefined
  rejection?: RefusedRejection | undefined
}

/** The two ways to decide on an invoice. Both carry what was seen, so that nobody approves what they did not see. */
export function DecisionForms({ invoice, seen, involvement, rejection }: DecisionFormsProps) {
  const path = invoicePath(invoice.id)
  return (
    <Panel title="Decide">
      {rejection?.error !== undefined && <ErrorSummary errors={[{ name: 'reason', message: rejection.error }]} />}
      {involvement === undefined ? (
        <form method="post" action={`${path}/approve`} data-send-once>
          <p class="hint">
            Approving checks with ordering that the order is still as shown, and gives the invoice its number and date.
            It cannot be changed afterwards.
          </p>
          <ShownFields invoice={invoice} seen={seen} />
          <div class="button-row">
            <Button variant="primary" attributes={{ 'aria-keyshortcuts': 'A', 'data-key': 'a' }}>
              Approve invoice
            </Button>
            <KeyHint keys={['A', 'Enter']} />
          </div>
        </form>
      ) : (
        <Notice title="Somebody else must approve this invoice">
          <p>{describeInvolvement(involvement)}</p>
        </Notice>
      )}
      <form method="post" action={`${path}/reject`} data-send-once>
        <ShownFields invoice={invoice} seen={seen} />
        <TextArea
          name="reason"
          label="Reason for rejecting"
          hint="Say what must be corrected in the order. Once the order is changed, the invoice waits for approval again."
          error={rejection?.error}
          value={rejection?.reason}
          required
          attributes={{ 'aria-keyshortcuts': 'R', 'data-key': 'r' }}
        />
        <Button variant="danger">Reject invoice</Button>
      </form>
    </Panel>
  )
}

/** Why an invoice of this amount is not approved by who reads it. */
export function describeInvolvement(involvement: Involvement): string {
  return `You ${INVOLVEMENTS[involvement]}, and an invoice of this amount requires a second person.`
}

/** What somebody did that makes them no second person, after “You”. */
export const INVOLVEMENTS: Record<Involvement, string> = {
  confirmed: 'confirmed its order',
  changed: 'changed its order last',
  approved: 'approved it',
}

/** The tag decides; all else is there to tell what changed if it does not fit any more. */
function ShownFields({ invoice, seen }: { invoice: Invoice; seen: string }) {
  const content = writeContent(invoice)
  return (
    <>
      <input type="hidden" name="seen" value={seen} />
      <input type="hidden" name="seenRevision" value={String(invoice.orderRevision)} />
      <input type="hidden" name="seenGross" value={String(invoice.gross)} />
      <input type="hidden" name="seenCurrency" value={invoice.currency} />
      {content !== null && <input type="hidden" name="seenContent" value={content} />}
    </>
  )
}
