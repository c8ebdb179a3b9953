/**
 * The 249 codes that ISO 3166-1 has assigned, alpha-2, as the ISO Online Browsing Platform listed them in 2025. Reserved
 * ones (UK, EU) and those for users (XK, ZZ) are not among them.
 */
const CODES =
  'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD ' +
  'CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF ' +
  'GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN ' +
  'KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA ' +
  'NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI ' +
  'SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI ' +
  'VN VU WF WS YE YT ZA ZM ZW'
const ASSIGNED = new Set(CODES.split(' '))

/** Codes that are reserved, and in use: the United Kingdom's own, and the European Union's for Greece. */
const RESERVED = new Map([
  ['UK', 'GB'],
  ['EL', 'GR'],
])

/**
 * What stands where a customer's country was erased: CLDR's code for a country that is not known, which ISO assigns to
 * none. It crosses and is shown; nobody can enter it.
 */
export const ERASED_COUNTRY = 'ZZ'

/** English names beside CLDR's: ISO's own short names, and those that people write. */
const OTHER_NAMES: Record<string, readonly string[]> = {
  AE: ['UAE'],
  AX: ['Aland'],
  BN: ['Brunei Darussalam'],
  BO: ['Bolivia, Plurinational State of'],
  BQ: ['Bonaire, Sint Eustatius and Saba'],
  CD: ['Congo, The Democratic Republic of the', 'DR Congo'],
  CG: ['Congo', 'Republic of the Congo'],
  CI: ['Ivory Coast'],
  CN: ['People’s Republic of China'],
  CV: ['Cabo Verde'],
  CZ: ['Czech Republic'],
  DE: ['Federal Republic of Germany'],
  FK: ['Falkland Islands (Malvinas)', 'Falklands'],
  FM: ['Micronesia, Federated States of'],
  GB: ['Great Britain', 'United Kingdom of Great Britain and Northern Ireland', 'U.K.'],
  HK: ['Hong Kong'],
  IE: ['Republic of Ireland'],
  IR: ['Iran, Islamic Republic of'],
  KP: ['Korea, Democratic People’s Republic of'],
  KR: ['Korea, Republic of'],
  LA: ['Lao People’s Democratic Republic'],
  MD: ['Moldova, Republic of'],
  MF: ['Saint Martin (French part)'],
  MK: ['Macedonia'],
  MM: ['Myanmar', 'Burma'],
  MO: ['Macao', 'Macau'],
  NL: ['Holland', 'Kingdom of the Netherlands'],
  PN: ['Pitcairn'],
  PS: ['Palestine', 'State of Palestine'],
  RU: ['Russian Federation'],
  SH: ['Saint Helena, Ascension and Tristan da Cunha'],
  SX: ['Sint Maarten (Dutch part)'],
  SY: ['Syrian Arab Republic'],
  SZ: ['Swaziland'],
  TL: ['East Timor'],
  TR: ['Turkey'],
  TW: ['Taiwan, Province of China'],
  TZ: ['Tanzania, United Republic of'],
  US: ['United States of America', 'USA'],
  VA: ['Holy See', 'Vatican'],
  VE: ['Venezuela, Bolivarian Republic of'],
  VG: ['Virgin Islands (British)'],
  VI: ['Virgin Islands (U.S.)'],
  VN: ['Viet Nam'],
}

const LONGEST_NAME = 100

/** Whether the text is a code that ISO 3166-1 has assigned, in capitals. */
export function isCountry(code: string): boolean {
  return ASSIGNED.has(code)
}

/** The codes of all countries, in the order of the alphabet. */
export function listCountries(): string[] {
  return [...ASSIGNED]
}

/**
 * The country that somebody wrote, as its code: a code in capitals or small letters, UK and EL, or an English name as
 * CLDR, ISO or people write it, whatever its case, marks and the order of its words. Undefined if it is none.
 */
export function parseCountry(written: string): string | undefined {
  const text = written.trim()
  if (text.length > LONGEST_NAME) return undefined
  if (!/^[A-Za-z]{2}$/.test(text)) return openCodes().get(foldName(text))
  const code = text.toUpperCase()
  return RESERVED.get(code) ?? (ASSIGNED.has(code) ? code : undefined)
}

/** A country as it stands on an envelope: Germany for DE. What is no code of a country stays as it is. */
export function nameCountry(country: string): string {
  if (country === ERASED_COUNTRY) return '–'
  return ASSIGNED.has(country) ? (openNames().of(country) ?? country) : country
}

// Both are opened at the first use: the names took a third of the time that a Worker needs to start.
let names: Intl.DisplayNames | undefined
let codes: Map<string, string> | undefined

function openNames(): Intl.DisplayNames {
  // In English, as the words round it are.
  names ??= new Intl.DisplayNames('en', { type: 'region' })
  return names
}

function openCodes(): Map<string, string> {
  codes ??= new Map(
    [...ASSIGNED].flatMap((code) =>
      [nameCountry(code), ...(OTHER_NAMES[code] ?? [])].map((name): [string, string] => [foldName(name), code]),
    ),
  )
  return codes
}

/** A name by its words alone: `Korea, Republic of` and `the Republic of Korea` are one, and so are `St.` and `Saint`. */
function foldName(name: string): string {
  const letters = name
    .normalize('NFKD')
    .replaceAll(/[\p{M}.’‘'`]/gu, '')
    .toLowerCase()
  const words = letters.split(/[^\p{L}\p{N}]+/u).map((word) => (word === 'saint' ? 'st' : word))
  return words
    .filter((word) => !['', 'the', 'of', 'and'].includes(word))
    .sort()
    .join(' ')
}
