import type { PublishedOrder } from '../../contract/order.ts'
import { searchedIn } from '../../../workers/billing/copies/searched-text.ts'
import type { World } from '../world.ts'

type Found = { id: number; searched: string; gross: number | null; said: string | null; terms: string }

/** What lists are led by is what the invoices and credit notes say; kept counts are those of the rows. */
export async function checkLists({ billing }: World, broken: string[]): Promise<void> {
  const invoices = await billing.sql<Found>(`
    SELECT i.id, i.searched, i.gross, iif(i.state = 'Approved', i.document, coalesce(o.record, i.document)) AS said,
      (SELECT json_group_array(term) FROM (SELECT term FROM invoice_terms WHERE invoice_id = i.id AND term LIKE '#%'
        UNION ALL SELECT term FROM invoice_terms WHERE invoice_id = i.id AND term LIKE '=%')) AS terms
    FROM invoices i LEFT JOIN orders o ON o.number = i.order_number`)
  for (const { id, searched, gross, said, terms } of invoices) {
    if (said === null) continue
    const order = JSON.parse(said) as PublishedOrder
    if (searched !== searchedIn(order)) broken.push(`invoice ${id} is found by ${searched}, and says ${said}`)
    if (gross !== order.totals.gross || !terms.includes(`"=${gross}"`)) {
      broken.push(`invoice ${id} adds up to ${order.totals.gross}, and is found by ${gross} and ${terms}`)
    }
  }
  const [kept] = await billing.sql<{
    waiting: number
    queued: number
    mismatched: number
    open: number
    wrong: number
  }>(`
    SELECT (SELECT coalesce(sum(invoices), 0) FROM queue_sums) AS queued,
      (SELECT count(*) FROM invoices WHERE state = 'ToApprove'
        AND EXISTS (SELECT 1 FROM orders WHERE number = order_number)) AS waiting,
      (SELECT mismatched FROM worklist) AS mismatched,
      (SELECT count(*) FROM approved_against_orders WHERE open AND (changed OR deleted)) AS open,
      (SELECT count(*) FROM mismatches m LEFT JOIN approved_against_orders a USING (invoice_id)
        WHERE a.open IS NOT m.open OR a.changed IS NOT m.changed) AS wrong`)
  if (kept === undefined) return
  if (kept.queued !== kept.waiting) broken.push(`${kept.waiting} invoices wait, and ${kept.queued} are summed`)
  if (kept.mismatched !== kept.open || kept.wrong > 0) {
    broken.push(`${kept.open} invoices no longer match, ${kept.mismatched} are counted, ${kept.wrong} marked wrongly`)
  }
}
