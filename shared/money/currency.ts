/**
 * Decimals of the minor unit by ISO 4217 code, as its list one has them. Intl is not asked: CLDR rounds some
 * currencies (IQD, LBP, ALL) to the coins in use, and an amount would mean another sum in another app.
 */
const TWO_DECIMALS =
  'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW ' +
  'CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS ' +
  'INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN ' +
  'NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC ' +
  'SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG'
const NO_DECIMALS = 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'
const THREE_DECIMALS = 'BHD IQD JOD KWD LYD OMR TND'
const FOUR_DECIMALS = 'CLF UYW'

const DECIMALS = new Map<string, number>(
  [NO_DECIMALS, '', TWO_DECIMALS, THREE_DECIMALS, FOUR_DECIMALS].flatMap((codes, decimals) =>
    codes
      .split(' ')
      .filter((code) => code !== '')
      .map((code): [string, number] => [code, decimals]),
  ),
)

/** Whether the text is a currency of ISO 4217, in capitals. */
export function isCurrency(code: string): boolean {
  return DECIMALS.has(code)
}

/** Every currency of ISO 4217, in the order of the alphabet. */
export function listCurrencies(): string[] {
  return [...DECIMALS.keys()].sort()
}

/** How many decimals the currency's minor unit is away from it: JPY 0, USD 2, KWD 3. Throws for an unknown code. */
export function minorUnitDecimals(currency: string): number {
  const decimals = DECIMALS.get(currency)
  if (decimals === undefined) throw new RangeError(`Not a currency of ISO 4217: ${currency}`)
  return decimals
}
