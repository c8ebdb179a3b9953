import type { Customer } from '../../../shared/contract/order.ts'
import { isCurrency } from '../../../shared/money/currency.ts'

/** The currency that a customer's orders are in: that of their last one, else that of their country. */
export function currencyOfCustomer(
  { address }: Customer,
  lastCurrency: string | null,
): { currency: string; origin: 'last-order' | 'country' } | undefined {
  if (lastCurrency !== null && isCurrency(lastCurrency)) return { currency: lastCurrency, origin: 'last-order' }
  const currency = currencyOfCountry(address.country)
  return currency === undefined ? undefined : { currency, origin: 'country' }
}

/**
 * The currency of a country, by its code in ISO 3166-1; undefined for what is none, and for Antarctica, which has none.
 * From CLDR 48, supplemental/currencyData: the legal tender of today, and the country's own where there are two.
 */
export function currencyOfCountry(country: string): string | undefined {
  return BY_COUNTRY.get(country)
}

/** Currencies of one country, whose code they begin with. */
const OF_ONE_COUNTRY =
  'AED AFN ALL AMD AOA ARS AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CLP CNY COP CRC CUP ' +
  'CVE CZK DJF DOP DZD EGP ERN ETB FJD FKP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR INR IQD IRR ISK JMD JOD JPY ' +
  'KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD ' +
  'NGN NIO NPR OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SYP ' +
  'SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX UYU UZS VES VND VUV WST YER ZAR ZMW ZWG'

/** Currencies of several countries. */
const SHARED = {
  AUD: 'AU CC CX HM KI NF NR TV',
  CHF: 'CH LI',
  DKK: 'DK FO GL',
  EUR: 'AD AT AX BE BG BL CY DE EE ES FI FR GF GP GR HR IE IT LT LU LV MC ME MF MQ MT NL PM PT RE SI SK SM TF VA YT',
  GBP: 'GB GG GS IM JE',
  ILS: 'IL PS',
  MAD: 'EH MA',
  NOK: 'BV NO SJ',
  NZD: 'CK NU NZ PN TK',
  USD: 'AS BQ EC FM GU IO MH MP PR PW SV TC TL UM US VG VI',
  XAF: 'CF CG CM GA GQ TD',
  XCD: 'AG AI DM GD KN LC MS VC',
  XCG: 'CW SX',
  XOF: 'BF BJ CI GW ML NE SN TG',
  XPF: 'NC PF WF',
}

const BY_COUNTRY = new Map([
  ...OF_ONE_COUNTRY.split(' ').map((currency): [string, string] => [currency.slice(0, 2), currency]),
  ...Object.entries(SHARED).flatMap(([currency, countries]) =>
    countries.split(' ').map((country): [string, string] => [country, currency]),
  ),
])
