import { isCurrency } from '../../../shared/money/currency.ts'
import type { SentFields } from '../edge/sent-fields.ts'
import type { OrderForm } from './form.ts'

/** Where an order's currency comes from. What a clerk has chosen, or has entered prices in, no customer changes. */
export type CurrencyOrigin = 'usual' | 'last-order' | 'country' | 'chosen'

/**
 * What is known of the form's currency beside it. `asked` is the currency that the clerk has selected while there are
 * prices in `form.currency`: what becomes of them is to be decided first.
 */
export type CurrencyChoice = { origin: CurrencyOrigin; asked?: string | undefined }

const ORIGINS: readonly string[] = ['usual', 'last-order', 'country', 'chosen'] satisfies CurrencyOrigin[]

/**
 * The form in the currency that its prices are in, and what is known of that. The page sends along in which currency it
 * was, and whether it showed prices in it: so a currency that was selected since is seen without scripts as well.
 */
export function readCurrency(sent: SentFields, form: OrderForm): { form: OrderForm; choice: CurrencyChoice } {
  const shown = sent.get('currencyShown') ?? form.currency
  const origin = (ORIGINS.find((it) => it === sent.get('currencyFrom')) ?? 'usual') as CurrencyOrigin
  if (shown === form.currency) return { form, choice: { origin } }
  const asks = sent.get('pricesShown') === 'yes' && isPriced(form) && isCurrency(shown)
  if (!asks) return { form, choice: { origin: 'chosen' } }
  return { form: { ...form, currency: shown }, choice: { origin, asked: form.currency } }
}

/** Whether a price or an amount is entered, readable or not. */
export function isPriced({ lines, charges }: OrderForm): boolean {
  return lines.some(({ unitPrice }) => unitPrice !== '') || charges.some(({ amount }) => amount !== '')
}

/** The form in the customer's currency, unless the clerk has chosen one or has entered prices. */
export function takeCurrency(
  form: OrderForm,
  choice: CurrencyChoice,
  found: { currency: string; origin: CurrencyOrigin } | undefined,
): { form: OrderForm; choice: CurrencyChoice } {
  if (found === undefined || choice.origin === 'chosen' || isPriced(form)) return { form, choice }
  return { form: { ...form, currency: found.currency }, choice: { origin: found.origin } }
}
