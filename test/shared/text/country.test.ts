import { describe, expect, it } from 'vitest'
import { isCountry, listCountries, nameCountry, parseCountry } from '../../../shared/text/country.ts'

describe('a country on an envelope', () => {
  it.each([
    ['DE', 'Germany'],
    ['KW', 'Kuwait'],
    ['ZZ', '–'],
    ['Germany', 'Germany'],
    ['de', 'de'],
    ['AB', 'AB'],
    ['', ''],
  ])('%s stands there as %s', (country, name) => {
    expect(nameCountry(country)).toBe(name)
  })
})

describe('a country as somebody writes it', () => {
  it('is each of the 249 that ISO 3166-1 has assigned, by its code and by its English name', () => {
    expect(listCountries()).toHaveLength(249)
    for (const code of listCountries()) {
      expect(isCountry(code)).toBe(true)
      expect([code, parseCountry(code.toLowerCase()), parseCountry(nameCountry(code))]).toEqual([code, code, code])
      expect(nameCountry(code)).not.toBe(code)
    }
  })

  it.each([
    ['UK', 'GB'],
    ['uk', 'GB'],
    ['EL', 'GR'],
    [' fr ', 'FR'],
    ['germany', 'DE'],
    ['GERMANY', 'DE'],
    ['USA', 'US'],
    ['U.S.A.', 'US'],
    ['United States', 'US'],
    ['United States of America', 'US'],
    ['the United States of America', 'US'],
    ['United Kingdom', 'GB'],
    ['Great Britain', 'GB'],
    ['South Korea', 'KR'],
    ['Republic of Korea', 'KR'],
    ['Korea, Republic of', 'KR'],
    ['Korea, Democratic People’s Republic of', 'KP'],
    ['Czechia', 'CZ'],
    ['Czech Republic', 'CZ'],
    ['Turkey', 'TR'],
    ['Türkiye', 'TR'],
    ['Turkiye', 'TR'],
    ['Viet Nam', 'VN'],
    ['Vietnam', 'VN'],
    ['Russian Federation', 'RU'],
    ['The Netherlands', 'NL'],
    ["Cote d'Ivoire", 'CI'],
    ['Ivory Coast', 'CI'],
    ['Saint Lucia', 'LC'],
    ['St. Lucia', 'LC'],
    ['Bosnia and Herzegovina', 'BA'],
    ['Trinidad & Tobago', 'TT'],
    ['Hong Kong', 'HK'],
    ['Macau', 'MO'],
    ['Burma', 'MM'],
    ['Congo', 'CG'],
    ['Democratic Republic of the Congo', 'CD'],
    ['Holy See', 'VA'],
    ['Virgin Islands (U.S.)', 'VI'],
  ])('%s is %s', (written, code) => {
    expect(parseCountry(written)).toBe(code)
  })

  it.each([
    '',
    ' ',
    'XX',
    'ZZ',
    'EU',
    'XK',
    'DEU',
    '276',
    'Deutschland',
    'Korea',
    'Atlantis',
    'the',
    'D E',
    'Germany, France',
    'x'.repeat(1_000_000),
  ])('%j is none', (written) => {
    expect(parseCountry(written)).toBe(undefined)
  })
})
