import { isCurrency } from '../../../shared/currency.ts'
import { DocumentTotals, Panel } from '../../../shared/ui.tsx'
import type { FormPrices } from '../order-form-parse.ts'

/** What the form comes to so far. order-form.js writes the same figures into it while one types. */
export function FormTotals({ prices, currency }: { prices: FormPrices; currency: string }) {
  return (
    <Panel title="Total">
      <div data-totals>
        {isCurrency(currency) ? (
          <DocumentTotals totals={prices.totals} taxes={prices.taxes} currency={currency} />
        ) : (
          <p>Choose a currency to see the total.</p>
        )}
      </div>
    </Panel>
  )
}
