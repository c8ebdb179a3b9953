import type { Child } from 'hono/jsx'
import type { Customer } from '../contract/order.ts'
import { type Description, DescriptionList } from './data-table.tsx'
import { nameCountry } from '../text/country.ts'
import { layOutAddress } from '../text/postal-address.ts'
import { StoredParagraphs, StoredText } from './stored-text.tsx'

/** What keeps a sheet from being the document that its title names, or takes its amount off again. */
export type Standing = {
  /** One word, written across every page of it; left out where it only adds to what the sheet says. */
  mark?: string
  /** The same in words, for who does not see the page too. */
  words: Child
}

type DocumentFrameProps = {
  /** What it is: `Invoice`, `Order`. */
  title: string
  /** Its number, or what stands for it. */
  number: string
  /** Left out where the sheet is what it says. */
  standing?: Standing | undefined
  from?: Child
  to?: Child
  facts: readonly Description[]
  /** Lines, totals, notes. */
  children: Child
  /** Terms of payment, bank, tax id. */
  footer?: Child
}

/** A sheet of paper: what is printed of a page, and nothing else is. */
export function DocumentFrame({ title, number, standing, from, to, facts, children, footer }: DocumentFrameProps) {
  return (
    <article class="document" aria-label={`${title} ${number}`} data-mark={standing?.mark}>
      <header class="document-head">
        <div>
          <p class="document-title">{title}</p>
          <p class="document-number">{number}</p>
          {standing !== undefined && <p class="document-standing">{standing.words}</p>}
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

/** Where somebody is, in a list: `Reims, France`. */
export function CityOf({ address: { city, country } }: Pick<Customer, 'address'>) {
  return (
    <span>
      <StoredText>{city}</StoredText>, {nameCountry(country)}
    </span>
  )
}

/** Who an order or an invoice is for, as on an envelope: in the order of their country, which is named as mail abroad wants. */
export function CustomerAddress({ label, customer }: { label: string; customer: Customer }) {
  const { name, contact, address, vatId, email } = customer
  return (
    <>
      <h2 class="document-label">{label}</h2>
      <address>
        {layOutAddress(address, [name, contact]).map((line) =>
          line === name ? (
            <strong>
              <StoredText>{line}</StoredText>
            </strong>
          ) : (
            <span>
              <StoredText>{line}</StoredText>
            </span>
          ),
        )}
        <data value={address.country}>{nameForMail(address.country)}</data>
      </address>
      {vatId !== null && vatId !== '' && (
        <p class="document-minor">
          VAT ID <StoredText>{vatId}</StoredText>
        </p>
      )}
      {email !== null && email !== '' && (
        <p class="document-minor">
          <StoredText>{email}</StoredText>
        </p>
      )}
    </>
  )
}

/** A country on an envelope, in English and in capitals, as the Universal Postal Union recommends for mail abroad. */
export function nameForMail(country: string): string {
  return nameCountry(country).toUpperCase()
}

/** A note as it was typed, line breaks kept. */
export function DocumentNote({ note }: { note: string | null }) {
  if (note === null || note === '') return null
  return (
    <section class="document-note">
      <h2 class="document-label">Note</h2>
      <StoredParagraphs>{note}</StoredParagraphs>
    </section>
  )
}
