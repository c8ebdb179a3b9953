import type { Child } from 'hono/jsx'
import { listCurrencies } from '../../../shared/money/currency.ts'
import {
  ButtonLink,
  EmptyState,
  errorOf,
  Field,
  type FormError,
  MoreFilters,
  Select,
} from '../../../shared/ui/parts.tsx'
import type { SoughtQuery } from '../documents/filter.ts'
import { isSought } from './query.ts'
import { LONGEST_SEARCH } from '../../../shared/edge/list-query.ts'

const CURRENCIES = [{ value: '', label: 'Any' }, ...listCurrencies().map((code) => ({ value: code, label: code }))]

/** The field of a list's filter that takes what one has in hand: a name or a number. */
export function SearchField({ query, placeholder }: { query: SoughtQuery; placeholder: string }) {
  return (
    <Field
      name="q"
      label="Search"
      type="search"
      value={query.q}
      hint="Capitals, accents and punctuation styles make no difference."
      attributes={{ placeholder, maxlength: LONGEST_SEARCH }}
    />
  )
}

type SoughtFieldsProps = {
  query: SoughtQuery
  errors: readonly FormError[]
  /** Whether what else is filtered by is on. */
  open?: boolean
  /** What else is filtered by. */
  children?: Child
}

/** What is looked for less often: folded away unless something of it is asked for. */
export function SoughtFields({ query, errors, open = false, children }: SoughtFieldsProps) {
  const { amount, currency, issuedFrom, issuedTo } = query
  return (
    <MoreFilters open={open || isSought({ amount, currency, issuedFrom, issuedTo })}>
      <Field
        name="amount"
        label="Amount including tax"
        value={amount}
        width="short"
        error={errorOf(errors, 'amount')}
        attributes={{ inputmode: 'decimal', maxlength: 40 }}
      />
      <Select name="currency" label="Currency" value={currency} options={CURRENCIES} width="short" />
      <Field
        name="issuedFrom"
        label="Issued from"
        type="date"
        value={issuedFrom}
        width="short"
        error={errorOf(errors, 'issuedFrom')}
      />
      <Field
        name="issuedTo"
        label="Issued to"
        type="date"
        value={issuedTo}
        width="short"
        error={errorOf(errors, 'issuedTo')}
      />
      {children}
    </MoreFilters>
  )
}

/** What is looked for, in words: `“korn”, 12.50 EUR, issued from 2026-03-01`. */
export function describeSought({ q, amount, currency, issuedFrom, issuedTo }: SoughtQuery): string {
  const money = [amount, currency].filter((part) => part !== undefined).join(' ')
  return [
    ...(q === undefined ? [] : [`“${q}”`]),
    ...(money === '' ? [] : [money]),
    ...(issuedFrom === undefined ? [] : [`issued from ${issuedFrom}`]),
    ...(issuedTo === undefined ? [] : [`issued to ${issuedTo}`]),
  ].join(', ')
}

type NothingFoundProps = {
  /** What is listed: `invoice`. */
  one: string
  query: SoughtQuery
  /** Where the search continues, if it has not come to the end. */
  next: string | undefined
  /** The ways to look further, each a link. */
  wider: readonly { href: string; label: string }[]
  children: Child
}

/** Nothing was found: what was looked for, and how to look further. */
export function NothingFound({ one, query, next, wider, children }: NothingFoundProps) {
  if (next !== undefined) {
    return (
      <EmptyState title={`No ${one} matches so far`} action={<ButtonLink href={next}>Continue searching</ButtonLink>}>
        {`Looked for ${describeSought(query)} in a part of the list only. The search continues from here.`}
      </EmptyState>
    )
  }
  return (
    <EmptyState
      title={`No ${one} matches`}
      action={wider.map(({ href, label }) => (
        <ButtonLink href={href}>{label}</ButtonLink>
      ))}
    >
      <p>Looked for {describeSought(query)}.</p>
      {children}
    </EmptyState>
  )
}
