import { array, assert, constantFrom, oneof, pre, property, record, stringMatching } from 'fast-check'
import { expect, it } from 'vitest'
import { priceRows } from '../../../shared/assets/order-totals.js'
import { MAX_GROSS } from '../../../shared/contract/order.ts'
import { minorUnitDecimals } from '../../../shared/money/currency.ts'
import { figureStyle } from '../../../shared/money/figure-style.ts'
import { emptyForm } from '../../../workers/ordering/form/form.ts'
import { priceForm } from '../../../workers/ordering/form/parse.ts'

/** What people type: figures in one convention or another, and what is none. */
const typed = oneof(
  stringMatching(/^\d{1,7}$/),
  stringMatching(/^\d{1,5}[.,]\d{1,3}$/),
  stringMatching(/^[1-9]\d?[.,']\d{3}([.,]\d{1,2})?$/),
  constantFrom('', '0', '1', '-1', '12 kg', '19 %', '5 €', '10000000000', '10000000000,01', '1.000', '1,000', 'abc'),
)
const line = record({ quantity: typed, unitPrice: typed, discountPercent: typed, taxPercent: typed })
const charge = record({ amount: typed, taxPercent: typed })

it('the totals that a page shows while one types are those that the server reads, to the last unit', () => {
  const locale = constantFrom('en-GB', 'de-DE', 'fr-FR', 'de-CH', 'en-IN', 'ar-EG')
  assert(
    property(
      locale,
      constantFrom('EUR', 'JPY', 'KWD'),
      array(line),
      array(charge),
      (locale, currency, lines, charges) => {
        const form = {
          ...emptyForm(currency, locale),
          lines: lines.map((texts) => ({ sku: 'A', description: 'A', ...texts })),
          charges: charges.map((texts) => ({ description: 'A', ...texts })),
        }
        const { nets, totals } = priceForm(form)
        const shown = priceRows(lines, charges, {
          ...figureStyle(locale, currency),
          decimals: minorUnitDecimals(currency),
        })
        pre(shown.gross <= BigInt(MAX_GROSS)) // an order of more is refused, whatever it says
        expect(shown.nets.map((net) => (net === undefined ? undefined : Number(net)))).toEqual(nets)
        expect([Number(shown.net), Number(shown.gross)]).toEqual([totals.net, totals.gross])
      },
    ),
    { numRuns: 2_000 },
  )
})
