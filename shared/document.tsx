import type { Child } from 'hono/jsx'
import type { ChargeInput, Customer, LineInput } from './contract.ts'
import { type Description, DescriptionList } from './data-table.tsx'
import { Figure, Money } from './figures.tsx'
import { nameCountry } from './country.ts'
import { lineNet, type TaxAtRate, type Totals } from './money.ts'

type DocumentFrameProps = {
  /** What it is: `Invoice`, `Order`. */
  title: string
  /** Its number, or what stands for it. */
  number: string
  from?: Child
  to?: Child
  facts: readonly Description[]
  /** Lines, totals, notes. */
  children: Child
  /** Terms of payment, bank, tax id. */
  footer?: Child
}

/** A sheet of paper: what is printed of a page, and nothing else is. */
export function DocumentFrame({ title, number, from, to, facts, children, footer }: DocumentFrameProps) {
  return (
    <article class="document" aria-label={`${title} ${number}`}>
      <header class="document-head">
        <div>
          <p class="document-title">{title}</p>
          <p class="document-number">{number}</p>
        </div>
        {from !== undefined && <div class="document-from">{from}</div>}
      </header>
      <div class="document-parties">
        {to !== undefined && <div class="document-to">{to}</div>}
        <DescriptionList entries={facts} />
      </div>
      {children}
      {footer !== undefined && <footer class="document-foot">{footer}</footer>}
    </article>
  )
}

/** Who an order or an invoice is for, as on an envelope. */
export function CustomerAddress({ label, customer }: { label: string; customer: Customer }) {
  const { street, city, postalCode, country } = customer.address
  return (
    <>
      <h2 class="document-label">{label}</h2>
      <address>
        <strong>{customer.name}</strong>
        {[customer.contact, street, [postalCode, city].filter((part) => part !== null).join(' ')]
          .filter((line) => line !== null && line !== '')
          .map((line) => (
            <span>{line}</span>
          ))}
        <data value={country}>{nameCountry(country)}</data>
      </address>
      {customer.vatId !== null && customer.vatId !== '' && <p class="document-minor">VAT ID {customer.vatId}</p>}
      {customer.email !== null && customer.email !== '' && <p class="document-minor">{customer.email}</p>}
    </>
  )
}

type LinesProps = { lines: readonly LineInput[]; charges: readonly ChargeInput[]; currency: string }

/** The lines and charges of an order or an invoice. A column that says 0 in every line is left out. */
export function DocumentLines({ lines, charges, currency }: LinesProps) {
  const discounted = lines.some(({ discountPercent }) => discountPercent !== 0)
  const taxed = [...lines, ...charges].some(({ taxPercent }) => taxPercent !== 0)
  return (
    <div class="table-frame">
      <table class="document-lines">
        <caption class="visually-hidden">Lines and charges</caption>
        <thead>
          <tr>
            <th scope="col">Description</th>
            <th scope="col" class="numeric">
              Quantity
            </th>
            <th scope="col" class="numeric">
              Unit price
            </th>
            {discounted && (
              <th scope="col" class="numeric">
                Discount
              </th>
            )}
            {taxed && (
              <th scope="col" class="numeric">
                Tax
              </th>
            )}
            <th scope="col" class="numeric">
              Net
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr>
              <th scope="row">
                {line.description} <span class="sku">{line.sku}</span>
              </th>
              <td class="numeric" data-label="Quantity">
                <Figure value={line.quantity} />
              </td>
              <td class="numeric" data-label="Unit price">
                <Money amount={line.unitPrice} currency={currency} />
              </td>
              {discounted && (
                <td class="numeric" data-label="Discount">
                  <Figure value={line.discountPercent} unit="percent" />
                </td>
              )}
              {taxed && (
                <td class="numeric" data-label="Tax">
                  <Figure value={line.taxPercent} unit="percent" />
                </td>
              )}
              <td class="numeric" data-label="Net">
                <Money amount={lineNet(line)} currency={currency} />
              </td>
            </tr>
          ))}
          {charges.map((charge) => (
            <tr>
              <th scope="row" colspan={discounted ? 4 : 3}>
                {charge.description}
              </th>
              {taxed && (
                <td class="numeric" data-label="Tax">
                  <Figure value={charge.taxPercent} unit="percent" />
                </td>
              )}
              <td class="numeric" data-label="Net">
                <Money amount={charge.amount} currency={currency} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

type TotalsProps = { totals: Totals; taxes: readonly TaxAtRate[]; currency: string; grossLabel?: string | undefined }

/** Net, the tax at each rate, and what is to be paid. */
export function DocumentTotals({ totals, taxes, currency, grossLabel = 'Total' }: TotalsProps) {
  return (
    <dl class="document-totals">
      <div>
        <dt>Net</dt>
        <dd>
          <Money amount={totals.net} currency={currency} />
        </dd>
      </div>
      {taxes
        .filter(({ taxPercent }) => taxPercent !== 0)
        .map(({ taxPercent, base, tax }) => (
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
        <dt>{grossLabel}</dt>
        <dd>
          <Money amount={totals.gross} currency={currency} />
        </dd>
      </div>
    </dl>
  )
}

/** A note as it was typed, line breaks kept. */
export function DocumentNote({ note }: { note: string | null }) {
  if (note === null || note === '') return null
  return (
    <section class="document-note">
      <h2 class="document-label">Note</h2>
      <p>{note}</p>
    </section>
  )
}
