import { describe, expect, it } from 'vitest'
import { nameCountry } from '../../shared/country.ts'

describe('a country on an envelope', () => {
  it.each([
    ['DE', 'Germany'],
    ['KW', 'Kuwait'],
    ['Germany', 'Germany'],
    ['de', 'de'],
    ['AB', 'AB'],
    ['', ''],
  ])('%s stands there as %s', (country, name) => {
    expect(nameCountry(country)).toBe(name)
  })
})
