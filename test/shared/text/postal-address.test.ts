import { describe, expect, it } from 'vitest'
import { layOutAddress } from '../../../shared/text/postal-address.ts'

const NOBODY = { additional: null, postalCode: null, region: null }

describe('an address is written in the order of its country', () => {
  it.each([
    ['DE', { street: 'Hafenstr. 12', city: 'Hamburg', postalCode: '20457' }, ['Hafenstr. 12', '20457 Hamburg']],
    [
      'GB',
      { street: '1 Fish Pier', city: 'Whitby', postalCode: 'YO21 1AA', region: 'North Yorkshire' },
      ['1 Fish Pier', 'Whitby', 'North Yorkshire', 'YO21 1AA'],
    ],
    [
      'US',
      { street: '5 Main St', additional: 'Suite 9', city: 'Gloucester', region: 'MA', postalCode: '01930' },
      ['5 Main St', 'Suite 9', 'Gloucester, MA 01930'],
    ],
    ['US', { street: '5 Main St', city: 'Gloucester', postalCode: '01930' }, ['5 Main St', 'Gloucester 01930']],
    [
      'CA',
      { street: '80 Wharf Rd', city: 'Halifax', region: 'NS', postalCode: 'B3J 1A1' },
      ['80 Wharf Rd', 'Halifax NS B3J 1A1'],
    ],
    [
      'BR',
      { street: 'Rua do Porto 7', city: 'Santos', region: 'SP', postalCode: '11010-000' },
      ['Rua do Porto 7', 'Santos-SP', '11010-000'],
    ],
    ['HU', { street: 'Fő utca 3', city: 'Budapest', postalCode: '1011' }, ['Budapest', 'Fő utca 3', '1011']],
    ['AE', { street: 'Dock Rd 1', city: 'Dubai' }, ['Dock Rd 1', 'Dubai']],
    [
      'TR',
      { street: 'Liman Cd. 4', city: 'Konak', region: 'İzmir', postalCode: '35250' },
      ['Liman Cd. 4', '35250 Konak/İzmir'],
    ],
    [
      'JP',
      { street: '1-2-3 Minato', city: 'Yokohama', region: 'Kanagawa', postalCode: '231-0001' },
      ['1-2-3 Minato', 'Yokohama, Kanagawa', '231-0001'],
    ],
    ['XK', { street: 'Rruga 1', city: 'Prizren', postalCode: '20000' }, ['Rruga 1', '20000 Prizren']],
  ])('%s: %o', (country, parts, lines) => {
    expect(layOutAddress({ ...NOBODY, ...parts, country })).toEqual(lines)
  })

  it('with the names above it', () => {
    const address = { ...NOBODY, street: 'Hafenstr. 12', city: 'Hamburg', postalCode: '20457', country: 'DE' }
    expect(layOutAddress(address, ['Kontor KG', 'Jonas Möwe'])).toEqual([
      'Kontor KG',
      'Jonas Möwe',
      'Hafenstr. 12',
      '20457 Hamburg',
    ])
  })

  it.each([
    [
      'JP',
      '大黒町1-2',
      '横浜市',
      '神奈川県',
      '231-0001',
      ['〒231-0001', '神奈川県横浜市', '大黒町1-2', '港商店', '山田'],
    ],
    ['CN', '外滩1号', '黄浦区', '上海市', '200002', ['200002', '上海市黄浦区', '外滩1号', '港商店', '山田']],
    ['KR', '항구로 1', '중구', '인천광역시', '22300', ['인천광역시 중구', '항구로 1', '港商店', '山田', '22300']],
  ])('%s from large to small in its own script, the names last', (country, street, city, region, postalCode, lines) => {
    const address = { street, additional: null, city, region, postalCode, country }
    expect(layOutAddress(address, ['港商店', '山田'])).toEqual(lines)
  })

  it('and no part of it is lost, whatever the country has no place for', () => {
    const parts = { street: 'street', additional: 'additional', city: 'city', region: 'region', postalCode: 'code' }
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('')
    for (const country of letters.flatMap((one) => letters.map((other) => one + other))) {
      for (const street of ['street', '大黒町']) {
        const text = layOutAddress({ ...parts, street, country }, ['name']).join(' ')
        for (const part of ['name', street, 'additional', 'city', 'region', 'code']) expect(text).toContain(part)
      }
    }
  })
})
