import { Button, ButtonRow, DataTable, Money, Notice } from '../../../../shared/ui/parts.tsx'
import { type CurrencyAct, writeStep } from '../step.ts'
import type { Repricing } from '../repricing.ts'

/**
 * Asks what a change of the currency makes of the prices, and says it of each. The buttons are the order form's.
 * order-form.js takes this out of the page that the server answers and shows it below the currency.
 */
export function CurrencyQuestion({ repricing: { from, to, prices } }: { repricing: Repricing }) {
  const button = (act: CurrencyAct, label: string) => (
    <Button name="action" value={writeStep({ act })}>
      {label}
    </Button>
  )
  return (
    <div data-currency-question>
      <Notice tone="warning" title={`Change the currency from ${from} to ${to}?`}>
        <p>
          The prices are in {from} and are not converted. Where the catalogue has a price in {to}, it is filled in; all
          other prices are cleared for you to enter in {to}.
        </p>
        <DataTable
          caption={`Prices in ${to}`}
          rows={prices}
          columns={[
            { label: 'Row', cell: ({ kind, row }) => `${kind === 'line' ? 'Line' : 'Charge'} ${row + 1}` },
            { label: 'Description', cell: ({ description }) => description },
            { label: `Now, ${from}`, numeric: true, cell: ({ now }) => (now === '' ? '–' : now) },
            {
              label: `Then, ${to}`,
              numeric: true,
              cell: ({ becomes }) => (becomes === undefined ? 'cleared' : <Money amount={becomes} currency={to} />),
            },
          ]}
        />
        <ButtonRow>
          {button('change-currency', `Change to ${to}`)}
          {button('keep-figures', `Change to ${to} and keep the numbers`)}
          {button('keep-currency', `Keep ${from}`)}
        </ButtonRow>
      </Notice>
    </div>
  )
}
