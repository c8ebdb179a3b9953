import { invoicePath } from '../../../../shared/contract/links.ts'
import { ButtonLink, Count, type Description, DescriptionList, Money, Panel } from '../../../../shared/ui/parts.tsx'
import { countLeft, isCreditedWhole, judgeReissue, judgeReissueWithCredit } from '../../documents/credit-note.ts'
import type { Invoice } from '../../documents/invoice.ts'
import { creditingPath, creditNotePath, reissuePath } from '../../edge/paths.ts'
import { IfAllowed } from '../../edge/frame.tsx'

/** The ways to correct an approved invoice, for those who may. */
export function CorrectingActions({ invoice }: { invoice: Invoice }) {
  if (invoice.state !== 'Approved') return null
  if (isCreditedWhole(invoice)) return <ReissueButton invoice={invoice} />
  const reissuable = invoice.orderChangedSince && judgeReissueWithCredit(invoice, 'all').ok
  return (
    <IfAllowed right="decide">
      {reissuable && (
        <ButtonLink href={`${creditingPath(invoice.id)}?reissue=yes`} variant="primary">
          Credit and reissue
        </ButtonLink>
      )}
      <ButtonLink href={creditingPath(invoice.id)} attributes={{ 'aria-keyshortcuts': 'C', 'data-key': 'c' }}>
        Credit invoice
      </ButtonLink>
    </IfAllowed>
  )
}

/** Whether there is anything to credit. */
export function isCreditable(invoice: Invoice): boolean {
  return invoice.state === 'Approved' && !isCreditedWhole(invoice)
}

/** The way to a new invoice for the order of one that was credited whole, where there may be one. */
export function ReissueButton({ invoice }: { invoice: Invoice }) {
  if (!judgeReissue(invoice).ok) return null
  return (
    <IfAllowed right="decide">
      <ButtonLink href={reissuePath(invoice.id)}>Reissue invoice</ButtonLink>
    </IfAllowed>
  )
}

/** A free line leaves no amount, and is still to be credited. */
function WhatIsLeft({ invoice, amount }: { invoice: Invoice; amount: number }) {
  const left = countLeft(invoice)
  if (left === 0) return <>Nothing</>
  return (
    <>
      <Money amount={amount} currency={invoice.currency} />,{' '}
      <Count value={left} one="line or charge" many="lines and charges" />
    </>
  )
}

/** What corrects the invoice, and which invoices it stands between; nothing where it stands alone. */
export function Corrections({ invoice }: { invoice: Invoice }) {
  const { creditNotes, replaces, replacedBy, currency, gross } = invoice
  const credited = creditNotes.reduce((sum, creditNote) => sum + creditNote.gross, 0)
  const entries: Description[] = [
    ...creditNotes.map(({ id, creditNoteNumber, gross }) => ({
      term: 'Credit note',
      description: (
        <>
          <a href={creditNotePath(id)}>{creditNoteNumber}</a>, <Money amount={gross} currency={currency} />
        </>
      ),
    })),
    {
      term: 'Not credited yet',
      description: creditNotes.length === 0 ? null : <WhatIsLeft invoice={invoice} amount={gross - credited} />,
    },
    {
      term: 'Replaces',
      description: replaces === null ? null : <a href={invoicePath(replaces)}>The invoice that was credited</a>,
    },
    {
      term: 'Replaced by',
      description: replacedBy === null ? null : <a href={invoicePath(replacedBy)}>The order’s new invoice</a>,
    },
  ]
  if (entries.every(({ description }) => description === null)) return null
  return (
    <Panel title="Corrections">
      <DescriptionList entries={entries} />
    </Panel>
  )
}
