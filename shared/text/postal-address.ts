/** Where somebody is, by the parts that are stored. `country` is a code of ISO 3166-1. */
export type PostalAddress = {
  street: string
  /** A floor, a building, a post-office box. */
  additional?: string | null
  city: string
  postalCode: string | null
  /** A state, a province, a county. */
  region?: string | null
  country: string
}

/**
 * How countries order an address, after what Google publishes for Android and Chromium (libaddressinput,
 * chromium-i18n.appspot.com/ssl-address, `fmt` and `lfmt`): N the names, A the street, C the city, S the region, Z the
 * postal code, `|` a new line, all else as it is written. What begins with C, S or Z begins with `N|A|`. Two things differ
 * from there: each layout has a place for every part, since what somebody entered is not left out, and no code of the
 * country stands before the postal code, since its name stands below.
 */
const LAYOUTS: Record<string, string> = {
  'C|S|Z': 'AC AE AF AI EG FK GB GG GI GS HK IE IM IO JE KE KR LK NA NR PA PN RU SC SD SH SR SZ TA TC TV UA VG ZA',
  'C Z|S': 'BH BM BN BT GU IL IN JO KH LB LS MT MV NG NP NZ PE PR SA SG VC',
  'C S Z': 'AS AU CA CC CX FM HM MH MP NF PW UM VI',
  'C, S Z': 'BB SO TW US',
  'C|S Z': 'ID KY MN TH VN',
  'C|S, Z': 'CN KP',
  'C, S|Z': 'BS HN IQ JP KN',
  'C, S, Z': 'CO',
  'C S|Z': 'CU',
  'C-S|Z': 'BR',
  'C Z, S': 'VE',
  'C Z S': 'PG',
  'C, Z|S': 'MM',
  'C - Z|S': 'BD',
  'C-Z|S': 'PK',
  'C|Z S': 'PH',
  'Z C S': 'EE ES IT LT PF UY',
  'Z C, S': 'MX',
  'Z C/S': 'TR',
  'Z S C': 'RO',
  'Z|C|S': 'AL AM EC MU OM',
  'Z|C, S': 'NI',
  'S, C|Z': 'CR',
  'S|C, Z': 'LV',
  'S|C|Z': 'KI',
  'N|C|A|S|Z': 'HU',
  'N|S|C|A|Z': 'IR',
  'Z|S|C|A|N': 'KZ',
}
/** Every other country: the postal code before the city, as most of Europe writes it. */
const USUAL = 'Z C|S'

/** From large to small, where the address is written in the script of the country; else it is as above. */
const IN_OWN_SCRIPT: Record<string, string> = {
  JP: '〒Z|SC|A|N',
  CN: 'Z|SC|A|N',
  TW: 'Z|SC|A|N',
  HK: 'S|C|A|N|Z',
  MO: 'S|C|A|N|Z',
  KR: 'S C|A|N|Z',
  KP: 'Z|S|C|A|N',
}
const OWN_SCRIPT = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u

/** A part of an address, with what is written before it where something stands before it in its line. */
const PART = /([^NACSZ]*)([NACSZ])/g

/**
 * An address line by line in the order of its country, without the country's name.
 * @param names who is there, the company before the person; they stand where the country has them
 */
export function layOutAddress(address: PostalAddress, names: readonly (string | null)[] = []): string[] {
  const parts: Record<string, (string | null | undefined)[]> = {
    N: [...names],
    A: [address.street, address.additional],
    C: [address.city],
    S: [address.region],
    Z: [address.postalCode],
  }
  return layoutOf(address)
    .split('|')
    .flatMap((line) => writeLine(line, parts))
}

function layoutOf({ country, street, city }: PostalAddress): string {
  const own = IN_OWN_SCRIPT[country]
  if (own !== undefined && OWN_SCRIPT.test(street + city)) return own
  const layout = Object.entries(LAYOUTS).find(([, countries]) => countries.split(' ').includes(country))?.[0] ?? USUAL
  return layout.includes('A') ? layout : `N|A|${layout}`
}

function writeLine(line: string, parts: Record<string, (string | null | undefined)[]>): string[] {
  const lines: string[] = []
  let written = ''
  for (const [, before = '', part = ''] of line.matchAll(PART)) {
    for (const [index, text] of (parts[part] ?? []).entries()) {
      if (text === null || text === undefined || text === '') continue
      if (index > 0 && written !== '') {
        lines.push(written)
        written = ''
      }
      // What joins two parts is left out where the first of them is not there; a sign of the post stays.
      written += written === '' && before !== '〒' ? text : before + text
    }
  }
  return written === '' ? lines : [...lines, written]
}
