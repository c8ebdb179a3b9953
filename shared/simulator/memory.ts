import type { CreditNote } from '../../workers/billing/documents/credit-note.ts'
import type { Invoice } from '../../workers/billing/documents/invoice.ts'
import type { ShownOrder } from './strike.ts'

/** What must never be different again once somebody has seen it. */
type SeenApproval = { invoiceNumber: string; document: string }
type SeenCreditNote = { creditNoteNumber: string; document: string }
/** A copy as it was looked at last. */
type SeenCopy = { epoch: string; revision: number }

/** What the people and programs around both apps remember of a history, and hold against what they see later. */
export type Memory = ReturnType<typeof createMemory>

/** A memory of nothing. What contradicts it is kept in `violations`. */
export function createMemory() {
  const violations: string[] = []
  const approvals = new Map<number, SeenApproval>()
  const creditNotes = new Map<number, SeenCreditNote>()
  const numbersGiven = new Set<number>()
  const numbersKnown = new Set<number>()
  const places = new Map<number, ShownOrder>()
  const epochs: string[] = []
  let copies = new Map<number, SeenCopy>()

  return {
    violations,
    approvals,
    creditNotes,

    /** A new order was answered with this number. */
    seeNewOrder(number: number): void {
      if (numbersGiven.has(number)) violations.push(`order number ${number} was given twice`)
      numbersGiven.add(number)
    },

    /** An order with this number is there. Not before others have seen it may nothing else have its number. */
    seeOrderNumber(number: number): void {
      numbersKnown.add(number)
    },

    /** The orders that anybody has seen, whatever has become of them. */
    orderNumbers: (): number[] => [...new Set([...numbersGiven, ...numbersKnown])].sort((one, other) => one - other),

    /** An invoice was shown. After a restore of billing an approval may be away until the next pull. */
    seeInvoice(invoice: Invoice): void {
      const before = approvals.get(invoice.id)
      if (invoice.state !== 'Approved' || invoice.invoiceNumber === null) return
      const now = { invoiceNumber: invoice.invoiceNumber, document: documentOf(invoice) }
      if (before === undefined) {
        for (const [id, { invoiceNumber }] of approvals) {
          if (invoiceNumber === now.invoiceNumber) {
            violations.push(`invoice number ${invoiceNumber} was seen on invoice ${id} and is on ${invoice.id}`)
          }
        }
        approvals.set(invoice.id, now)
      } else if (before.invoiceNumber !== now.invoiceNumber || before.document !== now.document) {
        violations.push(`approved invoice ${invoice.id} changed: ${JSON.stringify(before)} → ${JSON.stringify(now)}`)
      }
    },

    /** A credit note was shown. */
    seeCreditNote(creditNote: CreditNote): void {
      const now = { creditNoteNumber: creditNote.creditNoteNumber, document: JSON.stringify(creditNote) }
      const before = creditNotes.get(creditNote.id)
      if (before !== undefined && before.document !== now.document) {
        violations.push(`credit note ${creditNote.id} changed: ${before.document} → ${now.document}`)
      }
      for (const [id, { creditNoteNumber }] of creditNotes) {
        if (id === creditNote.id || creditNoteNumber !== now.creditNoteNumber) continue
        violations.push(`credit note number ${creditNoteNumber} was seen on ${id} and is on ${creditNote.id}`)
      }
      creditNotes.set(creditNote.id, now)
    },

    /** Pages of the feed left ordering with these orders at these places. */
    seePlaces(shown: readonly ShownOrder[]): void {
      for (const order of shown) {
        numbersGiven.add(order.number)
        const before = places.get(order.place)
        if (before !== undefined && (before.number !== order.number || before.fingerprint !== order.fingerprint)) {
          violations.push(
            `sequence number ${order.place} was given twice: to order ${before.number} and to order ${order.number}`,
          )
        }
        places.set(order.place, order)
      }
    },

    /** Billing's copies were looked at, but for those that were tampered with. */
    seeCopies(rows: readonly ({ number: number } & SeenCopy)[]): void {
      for (const { number, epoch, revision } of rows) {
        const before = copies.get(number)
        if (before?.epoch === epoch && revision < before.revision) {
          violations.push(`the copy of order ${number} fell from revision ${before.revision} to ${revision}`)
        }
      }
      copies = new Map(rows.map(({ number, ...rest }) => [number, rest]))
    },

    /** This history of the feed was current in billing; null before the first. A retired one never comes back. */
    seeEpoch(epoch: string | null): void {
      if (epoch === null || epoch === epochs.at(-1)) return
      if (epochs.includes(epoch)) violations.push(`the retired epoch ${epoch} is current again`)
      epochs.push(epoch)
    },

    /** Billing's database was put back: what its copies and its epoch were says nothing any more. */
    forgetBilling(): void {
      copies = new Map()
      epochs.splice(0)
    },
  }
}

/** What becomes of an approved invoice's order, and of itself by credit notes; nothing else of it may change. */
const CHANGES_AFTERWARDS = new Set<string>([
  'orderChangedSince',
  'orderDeleted',
  'mismatched',
  'orderOrphaned',
  'orderQuarantined',
  'creditNotes',
  'replacedBy',
] satisfies (keyof Invoice)[])

/** All that a customer has of an approved invoice. */
function documentOf(invoice: Invoice): string {
  return JSON.stringify(Object.entries(invoice).filter(([member]) => !CHANGES_AFTERWARDS.has(member)))
}
