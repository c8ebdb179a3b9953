import { type Child, useContext } from 'hono/jsx'
import type { ChargeInput, LineInput } from '../contract/order.ts'
import { Figure, Money } from './figures.tsx'
import { formatMoney, lineNet, type TaxAtRate, type Totals } from '../money/totals.ts'
import { ReaderContext } from '../edge/reader.ts'
import { StoredText } from './stored-text.tsx'

type LinesProps = { lines: readonly LineInput[]; charges: readonly ChargeInput[]; currency: string }

/** A column of figures; `charge` is left out where a charge has no such figure, which is in the first columns. */
type FigureColumn = {
  label: string
  line: (line: LineInput) => Child
  charge?: (charge: ChargeInput) => Child
  /** The characters of its longest figure. */
  width: number
}

/** At most this many characters of figures leave room for a description on a sheet of A4, in the widest of the usual fonts. */
const MOST_CHARACTERS_BESIDE = 48

/**
 * The lines and charges of an order or an invoice. A column that says 0 in every line is left out. Where the figures
 * leave no room for the descriptions, each description stands above its figures: a digit is never cut off.
 */
export function DocumentLines({ lines, charges, currency }: LinesProps) {
  const { locale } = useContext(ReaderContext)
  const columns = figureColumns({ lines, charges, currency }, locale)
  const apart = columns.reduce((sum, { width }) => sum + width, 0) > MOST_CHARACTERS_BESIDE
  const rows = [
    ...lines.map((line) => ({
      heading: (
        <>
          <StoredText>{line.description}</StoredText>{' '}
          <span class="sku">
            <StoredText>{line.sku}</StoredText>
          </span>
        </>
      ),
      cells: columns.map((column) => column.line(line)),
    })),
    ...charges.map((charge) => ({
      heading: <StoredText>{charge.description}</StoredText>,
      cells: columns.flatMap(({ charge: cell }) => (cell === undefined ? [] : [cell(charge)])),
    })),
  ]
  return (
    <div class="table-frame">
      <table class={apart ? 'document-lines document-lines-apart' : 'document-lines'}>
        <caption class="visually-hidden">Lines and charges</caption>
        <thead>
          <tr>
            <th scope="col">Description</th>
            {columns.map(({ label }) => (
              <th scope="col" class="numeric">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        {apart ? (
          rows.map(({ heading, cells }) => (
            <tbody>
              <tr>
                <th scope="rowgroup" colspan={columns.length + 1}>
                  {heading}
                </th>
              </tr>
              <tr>
                <Figures columns={columns} cells={cells} spare={1} />
              </tr>
            </tbody>
          ))
        ) : (
          <tbody>
            {rows.map(({ heading, cells }) => (
              <tr>
                <th scope="row" colspan={1 + columns.length - cells.length}>
                  {heading}
                </th>
                <Figures columns={columns} cells={cells} />
              </tr>
            ))}
          </tbody>
        )}
      </table>
    </div>
  )
}

type FiguresProps = { columns: readonly FigureColumn[]; cells: readonly Child[]; spare?: number }

/** The cells of a row, which ends with the last column; the first one also fills the columns before it, and `spare` more. */
function Figures({ columns, cells, spare = 0 }: FiguresProps) {
  const missing = columns.length - cells.length
  return (
    <>
      {cells.map((cell, index) => (
        <td
          class="numeric"
          data-label={columns[missing + index]?.label}
          colspan={index === 0 && spare > 0 ? 1 + missing + spare : undefined}
        >
          {cell}
        </td>
      ))}
    </>
  )
}

function figureColumns({ lines, charges, currency }: LinesProps, locale: string): FigureColumn[] {
  const priced = [...lines, ...charges]
  const discounted = lines.some(({ discountPercent }) => discountPercent !== 0)
  const taxed = priced.some(({ taxPercent }) => taxPercent !== 0)
  const widthOf = (label: string, figures: string) => Math.max(label.length, figures.length)
  const money = (label: string, amounts: readonly number[]) =>
    widthOf(label, formatMoney(Math.max(0, ...amounts), currency, locale))
  const all: (FigureColumn | false)[] = [
    {
      label: 'Quantity',
      line: ({ quantity }) => <Figure value={quantity} />,
      width: Math.max(...lines.map(({ quantity }) => widthOf('Quantity', String(quantity)))),
    },
    {
      label: 'Unit price',
      line: ({ unitPrice }) => <Money amount={unitPrice} currency={currency} />,
      width: money(
        'Unit price',
        lines.map(({ unitPrice }) => unitPrice),
      ),
    },
    discounted && {
      label: 'Discount',
      line: ({ discountPercent }) => <Figure value={discountPercent} unit="percent" />,
      width: 'Discount'.length,
    },
    taxed && {
      label: 'Tax',
      line: ({ taxPercent }) => <Figure value={taxPercent} unit="percent" />,
      charge: ({ taxPercent }) => <Figure value={taxPercent} unit="percent" />,
      width: Math.max(...priced.map(({ taxPercent }) => widthOf('Tax', `${taxPercent}%`))),
    },
    {
      label: 'Net',
      line: (line) => <Money amount={lineNet(line)} currency={currency} />,
      charge: ({ amount }) => <Money amount={amount} currency={currency} />,
      width: money('Net', [...lines.map(lineNet), ...charges.map(({ amount }) => amount)]),
    },
  ]
  return all.filter((column) => column !== false)
}

type TotalsProps = {
  totals: Totals
  taxes: readonly TaxAtRate[]
  currency: string
  grossLabel?: string | undefined
  /** Why there is no tax where the rate is 0 %. */
  exemption?: string | null | undefined
  /** What is taken off the gross, and what is then left, in minor units. */
  settled?: { parts: readonly { term: Child; amount: number }[]; leftLabel: string; left: number } | undefined
}

/** Net, the base and the tax at each rate, 0 % as well, and what is to be paid. */
export function DocumentTotals({ totals, taxes, currency, grossLabel = 'Total', exemption, settled }: TotalsProps) {
  return (
    <dl class="document-totals">
      <Sum term="Net" amount={totals.net} currency={currency} />
      {taxes.map(({ taxPercent, base, tax }) => (
        <Sum
          term={
            <>
              Tax <Figure value={taxPercent} unit="percent" /> on <Money amount={base} currency={currency} />
            </>
          }
          amount={tax}
          currency={currency}
        >
          {taxPercent === 0 && exemption !== null && exemption !== undefined && (
            <dd class="document-exemption">
              <StoredText>{exemption}</StoredText>
            </dd>
          )}
        </Sum>
      ))}
      <Sum term={grossLabel} amount={totals.gross} currency={currency} greatest={settled === undefined} />
      {settled?.parts.map(({ term, amount }) => (
        <Sum term={term} amount={-amount} currency={currency} />
      ))}
      {settled !== undefined && <Sum term={settled.leftLabel} amount={settled.left} currency={currency} greatest />}
    </dl>
  )
}

type SumProps = { term: Child; amount: number; currency: string; greatest?: boolean; children?: Child }

function Sum({ term, amount, currency, greatest = false, children }: SumProps) {
  return (
    <div class={greatest ? 'document-gross' : undefined}>
      <dt>{term}</dt>
      <dd>
        <Money amount={amount} currency={currency} />
      </dd>
      {children}
    </div>
  )
}
