import { describeTotal } from '../../../../shared/assets/order-totals.js'
import { isCurrency } from '../../../../shared/money/currency.ts'
import { Figure, Money, Panel } from '../../../../shared/ui/parts.tsx'
import type { FormPrices } from '../parse.ts'
import type { OrderForm } from '../form.ts'

/**
 * What the form comes to so far, and which rows that leaves out. Tax of 0 % is named as well: nobody should find out on
 * the invoice that it was what applied. order-form.js writes the same into it while one types.
 */
export function FormTotals({ form, prices }: { form: OrderForm; prices: FormPrices }) {
  const { currency } = form
  return (
    <Panel title="Total">
      <div data-totals>
        {isCurrency(currency) ? (
          <dl class="document-totals">
            <div>
              <dt>Net</dt>
              <dd>
                <Money amount={prices.totals.net} currency={currency} />
              </dd>
            </div>
            {prices.taxes.map(({ taxPercent, base, tax }) => (
              <div>
                <dt>
                  Tax <Figure value={taxPercent} unit="percent" /> on <Money amount={base} currency={currency} />
                </dt>
                <dd>
                  <Money amount={tax} currency={currency} />
                </dd>
              </div>
            ))}
            <div class="document-gross">
              <dt>{describeTotal(form, prices)}</dt>
              <dd>
                <Money amount={prices.totals.gross} currency={currency} />
              </dd>
            </div>
          </dl>
        ) : (
          <p>Choose a currency to see the total.</p>
        )}
      </div>
    </Panel>
  )
}
