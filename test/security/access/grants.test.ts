import { describe, expect, it } from 'vitest'
import { type Grants, parseGrants, type Principal, rolesOf } from '../../../shared/access/roles.ts'

function read(value: unknown): Grants {
  const parsed = parseGrants(value)
  if (!parsed.ok) throw new Error(parsed.error)
  return parsed.value
}

const grants = read({
  'email:Ana@example.com': ['clerk', 'auditor'],
  'group-name:Waybill accountants': ['accountant'],
  'group-id:7f3': ['operator'],
  'token:partner.access': ['feed'],
  everyone: ['clerk'],
})

describe('roles', () => {
  it.each<[string, Principal, string[]]>([
    ['by email, in whatever case', { kind: 'person', email: 'ana@EXAMPLE.com', groups: [] }, ['clerk', 'auditor']],
    [
      'by a group’s name or id, and those of everyone',
      {
        kind: 'person',
        email: 'ben@example.com',
        groups: [
          { id: 'a01', name: 'waybill accountants' },
          { id: '7F3', name: undefined },
        ],
      },
      ['clerk', 'accountant', 'operator'],
    ],
    [
      'of everyone for who is not named',
      { kind: 'person', email: 'eva@example.com', groups: [{ id: 'others', name: 'others' }] },
      ['clerk'],
    ],
    ['by a service token, and nobody else’s', { kind: 'token', clientId: 'partner.access' }, ['feed']],
    ['none for another token: it is not everyone', { kind: 'token', clientId: 'other.access' }, []],
    ['none for a person by a token’s name', { kind: 'person', email: 'partner.access', groups: [] }, ['clerk']],
    ['none for a group by a person’s email', { kind: 'token', clientId: 'ana@example.com' }, []],
  ])('are given %s', (_what, principal, expected) => {
    expect(rolesOf(principal, grants)).toEqual(expected)
  })

  it('are not given by a group that is called like somebody else’s email, nor by one with a colon', () => {
    const tricked: Principal = {
      kind: 'person',
      email: 'eva@example.com',
      groups: ['email:ana@example.com', 'Ana@example.com'].map((name) => ({ id: name, name })),
    }
    expect(rolesOf(tricked, grants)).toEqual(['clerk'])
  })

  it('are not given by a group whose name is another group’s id, or whose id is another’s name', () => {
    const own = [
      { id: 'x', name: '7f3' },
      { id: 'Waybill accountants', name: 'mine' },
    ]
    expect(rolesOf({ kind: 'person', email: 'eva@example.com', groups: own }, grants)).toEqual(['clerk'])
  })

  it('are not given to a name that only looks alike: ASCII’s letters alone have a case', () => {
    const kelvin = read({ 'email:karl@example.com': ['operator'], 'group-name:desk': ['auditor'] })
    const groups = [{ id: undefined, name: 'des\u212a' }]
    expect(rolesOf({ kind: 'person', email: '\u212aarl@example.com', groups }, kelvin)).toEqual([])
    expect(rolesOf({ kind: 'person', email: 'KARL@example.com', groups: [] }, kelvin)).toEqual(['operator'])
  })

  it('are read from a table or from the same as JSON', () => {
    expect(read('{"everyone": ["auditor"]}')).toEqual(read({ everyone: ['auditor'] }))
  })

  it.each([
    undefined,
    null,
    '',
    '{',
    '[]',
    7,
    { ana: ['clerk'] },
    { 'email:ana': ['clerk'] },
    { everyone: ['boss'] },
    { everyone: 'clerk' },
    { 'group:clerks': ['clerk'] },
    { 'group-id:': ['clerk'] },
    { 'email:a b@example.com': ['clerk'] },
  ])('are nobody’s, and it is said why, where the var is %o', (value) => {
    const parsed = parseGrants(value)
    expect(parsed).toMatchObject({ ok: false, error: expect.stringMatching(/./) as string })
  })
})
